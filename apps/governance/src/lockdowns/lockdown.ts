import type { Fold } from '#libs/event-store/core.js';
import { NotLockedDown, ReleasedByTheSamePerson } from './lockdown.errors.js';
import type { IdentityLockedDown, LockdownEvent, LockdownReleased } from './lockdown.events.js';

/** Who did it, when and why; the reason is null once the person is forgotten. */
export interface LockdownAct {
  readonly at: string;
  readonly by: string;
  readonly reason: string | null;
}

/** The newest lockdown of an identity; null before the first. */
export type Lockdown = { readonly locked: LockdownAct; readonly released: LockdownAct | null } | null;

export const lockdown: Fold<Lockdown, LockdownEvent> = {
  version: 1,
  initial: null,
  evolve: (state, { type, data: { at, by }, personal }) => {
    const act = { at, by, reason: personal.identity.fields?.reason ?? null };
    if (type === 'IdentityLockedDown') return { locked: act, released: null };
    return state === null ? null : { ...state, released: act };
  },
};

/** An act of a person of security. */
export interface Asked {
  readonly identityId: string;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** Locks an identity down. Nothing if it is locked down already. */
export function lockDown(asked: Asked, state: Lockdown): IdentityLockedDown[] {
  if (state !== null && state.released === null) return [];
  return [{ type: 'IdentityLockedDown', ...factOf(asked) }];
}

/** @throws NotLockedDown, ReleasedByTheSamePerson */
export function release(asked: Asked, state: Lockdown): LockdownReleased[] {
  const { identityId, by } = asked;
  if (state === null || state.released !== null)
    throw new NotLockedDown('the identity is not locked down: nothing is left to release', { identityId });
  if (state.locked.by === by)
    throw new ReleasedByTheSamePerson('you locked this person down: another person of security has to release it', {
      identityId,
    });
  return [{ type: 'LockdownReleased', ...factOf(asked) }];
}

function factOf({ identityId, at, by, reason }: Asked): Pick<IdentityLockedDown, 'v' | 'data' | 'personal'> {
  return { v: 1, data: { identityId, at, by }, personal: { identity: { subject: identityId, fields: { reason } } } };
}
