import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { Account, Holding } from './account-state.js';
import { isDeletedLater, isDeletionDue } from './deletion.js';
import { grantedWith, revoking } from './entitlement-operations.js';
import { operate, type Operate } from './operate.js';
import type { Goal, Policy } from './plan-terms.js';
import { namesAside, type Handover } from './shared-name.js';

/** A person outside the scope loses the application, and each change says why. */
export function takingAway(goal: Goal, account: Account, policy: Policy, nowMs: number): Operate[] {
  const { leaver, outOfScope } = goal;
  if (goal.deletes !== undefined)
    return afterLeaving(account, { ...policy, onLeave: goal.deletes ? 'delete' : 'disable' });
  if (isDeletedLater(goal, policy)) return beforeDeletion(goal, account, policy, nowMs);
  if (leaver) return afterLeaving(account, policy);
  const steps = afterUnassignment(account, policy);
  return outOfScope === true ? steps.map((step) => ({ ...step, reason: 'out-of-scope' })) : steps;
}

/**
 * A leaver's account is disabled first, then the hub removes what it granted. After a refused deletion both are still to do. Roles
 * may lie behind another interface than the account: they are taken away while it is there.
 */
function afterLeaving(account: Account, { onLeave, onDisable }: Policy): Operate[] {
  const roles = removals(grantedWith(account).filter(isRole));
  return [
    ...(onLeave === 'delete' && roles.length > 0 ? [...disabling(account), ...roles] : []),
    ...(onLeave === 'delete' ? [operate('delete-account', account.because)] : []),
    ...disabling(account),
    ...(onDisable === 'strip' ? removals(grantedWith(account)) : []),
  ];
}

/** The account is disabled as it would be, keeps nothing once its time is over, and is deleted then. */
function beforeDeletion(goal: Goal, account: Account, policy: Policy, nowMs: number): Operate[] {
  const held = removals(grantedWith(account));
  const isStripped = !goal.leaver || policy.onDisable === 'strip' || isDeletionDue(account, policy, nowMs);
  const strip = isStripped ? held : [];
  const steps = goal.leaver ? [...disabling(account), ...strip] : [...strip, ...disabling(account)];
  const reason = goal.outOfScope === true ? { reason: 'out-of-scope' as const } : {};
  if (!isDeletionDue(account, policy, nowMs)) return steps.map((step) => ({ ...step, ...reason }));
  return [...steps, operate('delete-account', account.because)].map((step) => ({ ...step, reason: 'deletion-due' }));
}

/** A person who only lost the application loses the roles first, then the groups, then the account. */
function afterUnassignment(account: Account, { onUnassign }: Policy): Operate[] {
  return [
    ...removals(grantedWith(account)),
    ...(onUnassign === 'delete' ? [operate('delete-account', account.because)] : []),
    ...(onUnassign === 'keep' ? [] : disabling(account)),
  ];
}

function disabling(account: Account): Operate[] {
  return account.status === 'active' ? [operate('disable-account', account.because)] : [];
}

/** The account gets another name and address, so that another person can get its present ones. */
export function handover({ written: known, because }: Account, givesUp: Handover | null): Operate[] {
  const written = givesUp === null ? null : namesAside(known, givesUp);
  return written === null ? [] : [{ ...operate('update-account', because), written, reason: 'name-handed-over' }];
}

const isRole = ({ entitlement }: Holding): boolean => entitlementOf('', entitlement).kind === 'role';

/** In the reverse order of granting: roles before groups. */
export function removals(held: readonly Holding[]): Operate[] {
  const inOrder = [...held.filter(isRole), ...held.filter((one) => !isRole(one))];
  return inOrder.flatMap(({ entitlement, because }) => {
    const target = revoking(entitlement);
    return target === null ? [] : [{ ...operate(target.kind, because), entitlement }];
  });
}
