import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { Fact } from '#libs/event-store/core.js';

/** Everything that can have happened to one identity. Stream: `identity-<identityId>`. Each fact carries the whole state after it. */
export type IdentityEvent = IdentityJoined | IdentityChanged | IdentityLeft | IdentityReturned;

type IdentityJoined = Fact<'IdentityJoined', 1, IdentitySnapshot, { identity: IdentityPersonal }>;
type IdentityChanged = Fact<'IdentityChanged', 1, IdentitySnapshot, { identity: IdentityPersonal }>;
/** The last live employment ended. */
type IdentityLeft = Fact<'IdentityLeft', 1, IdentitySnapshot, { identity: IdentityPersonal }>;
type IdentityReturned = Fact<'IdentityReturned', 1, IdentitySnapshot, { identity: IdentityPersonal }>;

export const identityFacts = ['IdentityJoined', 'IdentityChanged', 'IdentityLeft', 'IdentityReturned'] as const;

export type IdentityStatus = 'active' | 'on-leave' | 'inactive';

export interface IdentitySnapshot {
  readonly identityId: string;
  readonly status: IdentityStatus;
  readonly kind: 'person';
  /** Identity of the manager; null while HR names none or one the hub does not know yet. */
  readonly managerId: string | null;
  readonly employments: readonly EmploymentState[];
  /** The worker whose attributes the identity has: the active employment with the earliest first day. */
  readonly primaryWorkerId: string;
  /** Security has locked the person down: inactive, whatever HR states. Absent: not. */
  readonly lockedDown?: true;
  /** HR's message that this state follows from; absent in facts older than this field. */
  readonly statement?: Statement;
}

/** A message of HR, with the fields that an explanation shows. */
export interface Statement {
  readonly event: string;
  readonly type: string;
  readonly at: string;
}

export interface EmploymentState {
  /** UUID of the worker, who is the personal subject in hr-ingest. */
  readonly workerId: string;
  readonly employed: boolean;
  readonly onLeave: boolean;
}

/** The one personal part; its subject is the identity. */
export interface IdentityPersonal {
  readonly displayName: string;
  readonly userName: string;
  readonly tokenSubjects: readonly TokenSubject[];
  /** By worker. */
  readonly records: Readonly<Record<string, WorkerAttributes>>;
  /** What applications made for the person, by connector and attribute; absent while none did. */
  readonly pulled?: Readonly<Record<string, PulledAttributes>>;
}

/** What one connector gives, by attribute: `email` or `custom.NAME`. */
export type PulledAttributes = Readonly<
  Record<
    string,
    { readonly value: string; /** The lowest goes first; what HR states has 50. */ readonly precedence: number }
  >
>;

/** A number means this identity from an instant until another, exclusive; null: still. */
export interface TokenSubject {
  readonly subject: string;
  readonly from: string;
  readonly until: string | null;
}
