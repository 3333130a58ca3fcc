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
  | AtOnce;

/** Without a request. `by`: UUID of the actor. */
export interface AtOnce {
  /** An owner assigned it; who is eligible activated it; it was taken in an emergency, and is reviewed after. */
  readonly type: 'direct' | 'just-in-time' | 'break-glass';
  readonly by: string;
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
