import type { Causation } from '#libs/event-store/core.js';
import type { Identity, KnownIdentity } from './identity.js';

/** An identity before and after a message, and what follows from the change has as its cause. */
export interface IdentityStep {
  readonly identityId: string;
  readonly before: Identity;
  readonly now: KnownIdentity;
  readonly causation: Causation;
}
