import type { Fact } from '#libs/event-store/core.js';

/** Everything that can have happened to the lockdown of one identity. Stream: `lockdown-<identityId>`. */
export type LockdownEvent = IdentityLockedDown | LockdownReleased;

export const lockdownFacts = ['IdentityLockedDown', 'LockdownReleased'] as const;

interface LockdownStep {
  readonly identityId: string;
  readonly at: string;
  /** Actor of the person who did it. */
  readonly by: string;
}

// A type, not an interface: a fact takes parts by name.
type WithReason = { readonly identity: { readonly reason: string } };

export type IdentityLockedDown = Fact<'IdentityLockedDown', 1, LockdownStep, WithReason>;
export type LockdownReleased = Fact<'LockdownReleased', 1, LockdownStep, WithReason>;
