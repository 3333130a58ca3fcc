import type { WorkerAttributes } from './hr-lifecycle.js';

/** `hub.governance.identities`, state-carried. Key and subject: the identity. Type `hub.governance.identity.changed.v1`. */
export const identityChanged = 'hub.governance.identity.changed.v1';

export interface IdentityMessage {
  readonly identity: string;
  readonly status: 'active' | 'on-leave' | 'inactive';
  readonly kind: 'person' | 'service' | 'agent';
  /** Personal subjects (UUIDs in hr-ingest) whose records make this identity. */
  readonly subjects: readonly string[];
  /** Identity id of the manager, or null. */
  readonly manager: string | null;
  /** Security has locked the person down: inactive, whatever HR states. Absent: not. */
  readonly lockedDown?: true;
  /** Personal. */
  readonly employeeId: string | null;
  /** Personal. */
  readonly displayName: string;
  /** Personal. */
  readonly userName: string;
  /** Personal: token subjects at the hub's issuer that mean this identity; `from`/`until` are instants, until exclusive. */
  readonly tokenSubjects: readonly { readonly subject: string; readonly from: string; readonly until: string | null }[];
  /** Personal: the attributes rules and mappings may use. */
  readonly attributes: WorkerAttributes;
}
