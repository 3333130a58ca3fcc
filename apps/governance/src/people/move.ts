import { attributesOf, type Identity, type KnownIdentity } from '../identities/identities.exports.js';
import { moveAttributes, type Moves } from '../policy/policy.exports.js';

/**
 * Has the person another place of work than before? A new name of the same department, job or location is none, nor is
 * another manager. Hiring and leaving are none: what was there has ended, or has not begun.
 */
export function movedFrom(before: Identity, now: KnownIdentity, moves: Moves): boolean {
  if (before.status === 'absent' || before.status === 'inactive' || now.status === 'inactive') return false;
  const [was, is] = [attributesOf(before), attributesOf(now)];
  if (was === null || is === null) return false;
  return moveAttributes.some((attribute) => !moves.same(attribute, was[attribute], is[attribute]));
}

/** Did HR take back the termination? Then the same employment goes on: it has the first day that it had. */
export function isRescinded(before: Identity, now: KnownIdentity): boolean {
  if (before.status !== 'inactive' || before.lockedDown === true || now.lockedDown === true) return false;
  const [was, is] = [attributesOf(before), attributesOf(now)];
  if (was === null || is === null) return false;
  return before.primaryWorkerId === now.primaryWorkerId && was.hireDate === is.hireDate;
}
