import type { AssignmentTerms, Carried, Delivery, EndCause, Removal, RevocationCode } from './access.events.js';
import type { Emergency } from './emergency.events.js';
import type { SeparationException, SeparationFinding } from './separation.events.js';

/** What one identity holds now, and ended assignments whose removal is not verified. */
export interface Access {
  readonly assignments: readonly Assignment[];
  readonly ended: readonly EndedAssignment[];
  /** Taken in an emergency, and not reviewed yet. */
  readonly emergencies: readonly Emergency[];
  /** From rules of separation of duties, while they last. */
  readonly exceptions: readonly SeparationException[];
  /** One for each such rule that is violated now. */
  readonly findings: readonly SeparationFinding[];
}

/** An ended assignment, until everything that it gave is known to be gone. */
export interface EndedAssignment {
  readonly assignment: AssignmentTerms;
  readonly code: RevocationCode;
  readonly delivery: Delivery;
  readonly revokedAt: string;
  readonly removals: readonly Removal[];
}

export const noAccess: Access = { assignments: [], ended: [], exceptions: [], findings: [], emergencies: [] };

export interface Assignment extends AssignmentTerms {
  readonly applications: readonly Carried[];
  /** Only an active one gives something. */
  readonly phase: 'scheduled' | 'active' | 'suspended';
  /** Days before its end that were announced last; null before the first notice. */
  readonly noticed: number | null;
}

/** What changes of assignments with time, or with a leave. */
export type Step =
  | { readonly is: 'started' | 'suspended' | 'resumed'; readonly assignment: Assignment }
  | { readonly is: 'expiring'; readonly assignment: Assignment; readonly daysLeft: number }
  | { readonly is: 'extended'; readonly assignment: Assignment; readonly until: string; readonly request: string }
  | { readonly is: 'end-changed'; readonly assignment: Assignment; readonly until: string; readonly cause: EndCause };

/** Changes of exceptions that were decided elsewhere. */
export interface ExceptionChanges {
  readonly granted: readonly (SeparationException & { readonly mitigation: string })[];
  /** Ids. */
  readonly withdrawn: readonly string[];
}

/** A decided assignment, before it is known which desired access contains it. */
export interface Changes {
  readonly created: readonly (AssignmentTerms & {
    /** Why, in the words of who gives it without a request. */
    readonly reason?: string;
  })[];
  readonly revoked: readonly {
    readonly assignment: Assignment;
    readonly code: RevocationCode;
    readonly reason: string | null;
  }[];
  readonly steps: readonly Step[];
  readonly exceptions?: ExceptionChanges;
}

export const noChanges: Changes = { created: [], revoked: [], steps: [] };

export function termsOf({ applications: _, phase: __, noticed: ___, ...terms }: Assignment): AssignmentTerms {
  return terms;
}
