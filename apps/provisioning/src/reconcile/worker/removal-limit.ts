import { takenBy } from '#libs/contracts/operation-effects.js';
import { type Account, type Goal, isSameVersion, type Operate } from '../../accounts/accounts.exports.js';
import type { DueAccount } from './due-accounts.query.js';
import type { TaskContext } from './task-context.js';

/** How many removals the connector permits in an hour, where that holds this one; null where it does not. */
export function limitOf(
  { kind }: Operate,
  { identityId, causedBy, receivedAt }: Pick<DueAccount, 'identityId' | 'causedBy' | 'receivedAt'>,
  { goal, state }: { readonly goal: Goal; readonly state: Account },
  { removalLimit }: Pick<TaskContext, 'removalLimit'>,
): number | null {
  const { active, leaver } = goal;
  if (active || takenBy(kind) === null || state.status !== 'active') return null;
  // Nothing new is desired: it follows from a document that a person stated, and confirmed where it takes many accounts.
  if (isSameVersion(state.inSync, goal.version)) return null;
  return removalLimit({ identityId, leaver, causedBy, receivedMs: Date.parse(receivedAt) });
}
