/** What an assignment says, whatever becomes of it. */
export interface AssignmentTerms {
  readonly assignmentId: string;
  readonly identityId: string;
  readonly packageId: string;
  /** Of the package when it was assigned. */
  readonly packageVersion: number;
  readonly cause: Grounds;
  /** Its first instant, which may be to come. */
  readonly since: string;
  /** The first instant at which it is over; absent: it has no end. */
  readonly until?: string;
}

export type Grounds =
  | { readonly type: 'request'; readonly request: string; readonly approvers: readonly string[] }
  | { readonly type: 'birthright'; readonly rule: string }
  | ByWorkflow
  | AtOnce
  | AsFound;

/** A step of a workflow gave it. */
export interface ByWorkflow {
  readonly type: 'workflow';
  readonly workflow: string;
  /** Of the workflow when it began for the person. */
  readonly version: number;
  /** Id of the step of this person. */
  readonly step: string;
}

/** Without a request. `by`: UUID of the actor. */
export interface AtOnce {
  /** An owner assigned it; who is eligible activated it; it was taken in an emergency, and is reviewed after. */
  readonly type: 'direct' | 'just-in-time' | 'break-glass';
  readonly by: string;
}

/**
 * A reading of the application showed it: it was granted before the hub, or beside it while the hub only observed, and nobody is known who approved it.
 */
export interface AsFound {
  readonly type: 'as-found';
  readonly connector: string;
  /** The application's own id of the account. */
  readonly account: string;
  readonly reading: string;
  readonly firstSeenAt: string;
  /** It was there before the first reading. */
  readonly sinceUnknown: boolean;
  /** Until then somebody says whether it stays. */
  readonly certifyBy: string;
  /** When that was over without an answer; null before. */
  readonly overdueSince: string | null;
  /** Who said that it stays: its approver. UUID of the actor; null while nobody has. */
  readonly certifiedBy: string | null;
  readonly certifiedAt: string | null;
}

/** The delivery state of one application. `sequence` is null while no desired access contains the assignment. */
export interface Carried {
  readonly application: string;
  readonly epoch: number | null;
  readonly sequence: number | null;
  readonly delivery: ApplicationDelivery;
}

/** `manual`: somebody else than the hub gives it, and nobody has confirmed it yet. */
type ApplicationDelivery = 'pending' | 'delivering' | 'delivered' | 'failed' | 'manual';
export type Delivery = ApplicationDelivery | 'partial';

/** The terms with who answers for it. */
export const certifiedTerms = (
  terms: AssignmentTerms,
  { by, at }: { readonly by: string; readonly at: string },
): AssignmentTerms => withCause(terms, { certifiedBy: by, certifiedAt: at });

/** The terms with since when it is overdue to say whether it stays. */
export const overdueTerms = (terms: AssignmentTerms, overdueSince: string): AssignmentTerms =>
  withCause(terms, { overdueSince });

function withCause(terms: AssignmentTerms, change: Partial<AsFound>): AssignmentTerms {
  return terms.cause.type === 'as-found' ? { ...terms, cause: { ...terms.cause, ...change } } : terms;
}
