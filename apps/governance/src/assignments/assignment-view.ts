import type { NamedPerson } from '../names/names.exports.js';
import type { Titled } from '../policy/policy.exports.js';
import type { Grace } from './grace.events.js';
import type { Delivery, Grounds, RemovalState, RevocationCode } from './access.events.js';

/** An assignment as the API shows it. */
export interface AssignmentView {
  readonly id: string;
  readonly packageId: string;
  readonly package: Titled;
  readonly packageVersion: number;
  readonly identityId: string;
  readonly identity: NamedPerson;
  /** Only `active` gives access: `scheduled` begins at `since`, `suspended` gives nothing during a leave. */
  readonly status: 'scheduled' | 'active' | 'suspended' | 'revoked' | 'expired';
  /** The delivery; for an ended assignment as it was at its end. */
  readonly delivery: Delivery;
  /** The removal state; null while it is held, and for assignments that ended before this field existed. */
  readonly removal: RemovalState | null;
  readonly cause: Grounds;
  /** Of the request it came from, or who certified what was found; empty where a rule gave it, or nobody is known. */
  readonly approvers: readonly NamedPerson[];
  /** The rule that gave it; null for a request. */
  readonly rule: Titled | null;
  readonly since: string;
  /** The first instant at which it is over: planned while it is held, null without an end; then when it ended. */
  readonly until: string | null;
  /** Why it ended; null while it has not. */
  readonly code: RevocationCode | null;
  /** The reason that the person who revoked it gave. */
  readonly reason: string | null;
  /** Why it was given without a request; null where a request or rule gave it. */
  readonly justification: string | null;
  /** Why and when it ends, unless its grounds return or who decides keeps it; null while its grounds stand. */
  readonly grace: Grace | null;
}
