import { entitlementKey, entitlementOf, isAccount, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { isSameVersion, type Account, type Holding, type OpenOperation } from './account-state.js';
import type { AccountEvent } from './account.events.js';
import type { Goal } from './plan-terms.js';

/**
 * What a reading found, and somebody revoked: the hub answers for it from now on, so that it is taken away as if the hub had given it. Once for each
 * desired access.
 */
export function takenUp({ withdrawn = [], version }: Goal, account: Account): EntitlementFields[] {
  const { accountId, open, granted, inSync } = account;
  if (accountId === null || open !== null || isSameVersion(inSync, version)) return [];
  return withdrawn
    .map(({ entitlement }) => entitlement)
    .filter((one) => !isAccount(one) && !Object.hasOwn(granted, entitlementKey(one)));
}

/** Is the account itself to be taken away, although the hub may not have made it? */
export const isAccountWithdrawn = (withdrawn: readonly Holding[] = []): boolean =>
  withdrawn.some(({ entitlement }) => isAccount(entitlement));

/** The fact by which the hub answers for what is there. */
export function takenUpFact(found: OpenOperation): AccountEvent {
  const { startedAt: _, place, written: __, lost: ___, ...terms } = found;
  const isRole = entitlementOf('', terms.entitlement).kind === 'role';
  const data = { ...terms, status: null, seen: 'yes' as const, ...(place === undefined ? {} : { place }) };
  return isRole
    ? { type: 'RoleGranted', v: 2, data: { ...data, kind: 'grant-role' } }
    : { type: 'MembershipAdded', v: 2, data: { ...data, kind: 'add-member' } };
}
