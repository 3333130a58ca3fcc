/** Of `hub.provisioning.results`: access that should have ended and is not confirmed gone. Key: the identity, or the exposure where none is known. */

export type ExposureEventType =
  | 'hub.provisioning.exposure.opened.v1'
  | 'hub.provisioning.exposure.changed.v1'
  | 'hub.provisioning.exposure.escalated.v1'
  | 'hub.provisioning.exposure.closed.v1';

/**
 * `leaver`: the person left or is locked; `unassigned`: the person works and lost it; `ghost`: an account of a leaver that the hub did not
 * know; `orphan`: an account that no identity is known for.
 */
export const exposureKinds = ['leaver', 'unassigned', 'ghost', 'orphan'] as const;
export type ExposureKind = (typeof exposureKinds)[number];

/** Why it is still there. */
export const exposureCodes = [
  /** The hub is about to take it away. */
  'under-way',
  /** The application does not answer, or asks to wait. */
  'application-down',
  /** The application refuses the credentials of the connector. */
  'credentials-refused',
  /** The connector cannot work. */
  'misconfigured',
  /** Attempts fail, and the hub tries again. */
  'failing',
  /** The application refuses the change for this account. */
  'refused',
  /** The application answered with success and still shows it. */
  'not-done',
  /** The account waits for a person for another reason. */
  'parked',
  /** A person left it as it is. */
  'dismissed',
  /** It was taken away, and the application cannot show that it is gone. */
  'not-verifiable',
  /** Nothing shows that it is gone. */
  'unproven',
  /** The connector writes nothing. */
  'observing',
  /** A limit holds the change until a person releases it. */
  'held',
  /** A reading of the application showed it. */
  'found',
] as const;
export type ExposureCode = (typeof exposureCodes)[number];

/**
 * How an exposure ends. `verified`: a reading after the removal showed it; `read`: another reading showed it gone or inactive; `confirmed`: a
 * person confirmed what the application cannot show; `never-given`: a reading showed that the call that would have given it had no effect;
 * `reclassified`:
 * the account turned out to be of nobody who left; `wanted-again`: the person may have it again.
 */
export const exposureProofs = ['verified', 'read', 'confirmed', 'never-given', 'reclassified', 'wanted-again'] as const;
export type ExposureProof = (typeof exposureProofs)[number];

export interface ExposureMessage {
  readonly exposure: string;
  readonly connector: string;
  readonly application: string;
  /** Null for an account that no identity is known for. */
  readonly identity: string | null;
  /** The application's own id of the account; null while unknown. */
  readonly account: string | null;
  readonly kind?: ExposureKind;
  readonly code?: ExposureCode;
  /** `account`, `group:NAME` or `role:NAME`. */
  readonly exposed?: readonly string[];
  readonly decidedAt?: string;
  readonly dueAt?: string;
  /** 1 when the deadline is over, then one more each day. */
  readonly escalation?: number;
  readonly how?: ExposureProof;
  /** Id of the event that proves it. */
  readonly proof?: string;
}
