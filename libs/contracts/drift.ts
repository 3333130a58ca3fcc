/** Codes of what contradicts what the hub believes of an account. */
export const driftCodes = [
  'inactive',
  'renamed-group',
  'membership-missing',
  'membership-added',
  'attribute-changed',
  'reactivated',
  'account-missing',
] as const;

/**
 * How a difference came to be. `changed-outside`: somebody else changed it; `lost-write`: no reading has shown what was written;
 * `normalised`: the application keeps the same value in another form; `schema-default`: it fills in what the hub leaves out.
 */
export const driftClasses = ['changed-outside', 'lost-write', 'normalised', 'schema-default'] as const;

/** `hub.provisioning.results`: what becomes of a difference. Key: the identity. */
export const driftDecided = 'hub.provisioning.drift.decided.v1';

export interface DriftDecidedMessage {
  readonly connector: string;
  readonly application: string;
  readonly identity: string;
  readonly drift: string;
  readonly code: (typeof driftCodes)[number];
  /** `revert`: the hub writes again what is desired; `adopt`: what the application has stays, until something else is desired. */
  readonly decision: 'revert' | 'adopt';
  /** Path of the attribute. */
  readonly target?: string;
  readonly group?: string;
  readonly role?: string;
  /** UUID of the actor; absent where the connector's policy decided. */
  readonly decidedBy?: string;
  /** Personal to the actor. */
  readonly reason?: string;
}
