import type { AssignmentTerms, Carried, Delivery, EndCause, Removal, RevocationCode } from './access.events.js';
import type { BirthrightExclusion, WithheldBirthright } from './birthright.events.js';
import type { Emergency } from './emergency.events.js';
import type { Grace, KeptCode } from './grace.events.js';
import type { Reached } from '../policy/policy.exports.js';
import type { WithheldVersion } from './version.events.js';
import type { SeparationException, SeparationFinding } from './separation.events.js';
import { noWorkflows, type WorkflowState } from './workflow-state.js';

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
  /** Packages that no rule gives, while that lasts. */
  readonly exclusions: readonly BirthrightExclusion[];
  /** What rules give, and separation of duties withholds now. */
  readonly withheld: readonly WithheldBirthright[];
  /** What no rule gave, and the last leaving took. */
  readonly taken: readonly TakenAssignment[];
  /** Released versions of packages that the person does not get. */
  readonly withheldVersions: readonly WithheldVersion[];
  readonly workflows: WorkflowState;
  /** What was found, and that somebody ended since: it counts as found again only where it was seen first after that. Absent: nothing. */
  readonly endedFound?: readonly EndedFound[];
  /** Exceptions that the last leaving ended: they come back if it did not hold. Absent: none. */
  readonly takenExceptions?: readonly TakenException[];
}

export interface TakenException {
  readonly exception: SeparationException;
  readonly takenAt: string;
}

export interface EndedFound {
  readonly packageId: string;
  readonly endedAt: string;
}

/** What a leaver had, with the instant at which it was taken. */
export interface TakenAssignment {
  readonly terms: AssignmentTerms;
  readonly phase: Assignment['phase'];
  readonly grace: Grace | null;
  readonly reached: Reached;
  /** What the manager had kept it in spite of. Absent: nothing. */
  readonly keptFor?: Grace['code'];
  readonly takenAt: string;
  /** The person was hired again since: it comes back by a request only. */
  readonly offered: boolean;
}

/** An ended assignment, until everything that it gave is known to be gone. */
export interface EndedAssignment {
  readonly assignment: AssignmentTerms;
  readonly code: RevocationCode;
  readonly delivery: Delivery;
  readonly revokedAt: string;
  readonly removals: readonly Removal[];
}

export const noAccess: Access = {
  assignments: [],
  ended: [],
  exceptions: [],
  findings: [],
  emergencies: [],
  exclusions: [],
  withheld: [],
  taken: [],
  withheldVersions: [],
  workflows: noWorkflows,
};

export interface Assignment extends AssignmentTerms {
  readonly applications: readonly Carried[];
  /** Only an active one gives something. */
  readonly phase: 'scheduled' | 'active' | 'suspended';
  /** Days before its end that were announced last; null before the first notice. */
  readonly noticed: number | null;
  /** Null while its grounds stand. */
  readonly grace: Grace | null;
  /** The fact with which its grace began, as the store recorded it; its end follows from it. Null without a grace. */
  readonly graceOrigin: GraceOrigin | null;
  /** What the manager has kept it in spite of; null: nothing. */
  readonly keptFor: Grace['code'] | null;
  /** Versions of the package, and of what it includes, that its holder has. */
  readonly reached: Reached;
  /** The package that takes the place of its own once it is delivered; null: none. */
  readonly movesTo: string | null;
}

/** What a later fact names as its cause. */
interface GraceOrigin {
  readonly causationId: string;
  readonly correlationId: string;
}

/** What changes of assignments with time, or with a leave. */
export type Step =
  | { readonly is: 'started' | 'suspended' | 'resumed'; readonly assignment: Assignment }
  | { readonly is: 'expiring'; readonly assignment: Assignment; readonly daysLeft: number }
  | { readonly is: 'extended'; readonly assignment: Assignment; readonly until: string; readonly request: string }
  | {
      readonly is: 'end-changed';
      readonly assignment: Assignment;
      /** Null: it has no end any more. */
      readonly until: string | null;
      readonly cause: EndCause;
    }
  | { readonly is: 'grace-started'; readonly assignment: Assignment; readonly grace: Grace }
  | { readonly is: 'version-reached'; readonly assignment: Assignment; readonly reached: Reached }
  | { readonly is: 'moving'; readonly assignment: Assignment; readonly to: string }
  | { readonly is: 'version-withheld'; readonly assignment: Assignment; readonly withheld: WithheldVersion }
  | Kept
  | Certified
  | { readonly is: 'certification-overdue'; readonly assignment: Assignment };

/** Somebody says that what was found stays. */
export interface Certified {
  readonly is: 'certified';
  readonly assignment: Assignment;
  /** UUID of the actor. */
  readonly by: string;
  readonly reason: string;
}

/** An assignment whose grace is over because it stays. */
export interface Kept {
  readonly is: 'kept';
  readonly assignment: Assignment;
  readonly code: KeptCode;
  /** Its end from now on; undefined: none. */
  readonly until: string | undefined;
  readonly reason: string | null;
}

/** Changes of exclusions that were decided elsewhere. */
export interface ExclusionChanges {
  readonly made: readonly (BirthrightExclusion & { readonly reason: string })[];
  /** Ids. */
  readonly ended: readonly string[];
}

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
    /** The ended assignment that comes back. */
    readonly restores?: string;
    readonly grace?: Grace;
    /** Versions that it has from its beginning, besides that of its terms. */
    readonly reached?: Reached;
  })[];
  readonly revoked: readonly {
    readonly assignment: Assignment;
    readonly code: RevocationCode;
    readonly reason: string | null;
  }[];
  readonly steps: readonly Step[];
  readonly exceptions?: ExceptionChanges;
  readonly exclusions?: ExclusionChanges;
}

export const noChanges: Changes = { created: [], revoked: [], steps: [] };

export function termsOf({
  applications: _,
  phase: __,
  noticed: ___,
  grace: ____,
  keptFor: _____,
  graceOrigin: ______,
  reached: _______,
  movesTo: ________,
  ...terms
}: Assignment): AssignmentTerms {
  return terms;
}
