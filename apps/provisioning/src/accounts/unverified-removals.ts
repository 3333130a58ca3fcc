import { entitlementKey, isAccount } from '#libs/contracts/entitlement.js';
import { without, type Account } from './account-state.js';
import type { AccountEvent, OperationTerms } from './account.events.js';

/** A person confirms that what was taken away is gone. Nothing if it was given again or confirmed in the meantime. */
export function confirmRemoval(
  { operation, confirmedBy }: { operation: string; confirmedBy: string },
  { unverified }: Account,
): AccountEvent[] {
  const removal = Object.values(unverified).find((one) => one.operation === operation);
  if (removal === undefined) return [];
  const { since, ...terms } = removal;
  const type = removalFacts[terms.kind as keyof typeof removalFacts];
  return [{ type, v: 2, data: { ...terms, status: null, verified: true, confirmedBy } }];
}

const removalFacts = {
  'disable-account': 'AccountDisabled',
  'delete-account': 'AccountDeleted',
  'remove-member': 'MembershipRemoved',
  'revoke-role': 'RoleRevoked',
} as const;

/** One removal of an account: the kind of operation, and what was taken away unless that is the account. */
function removalKey({ kind, entitlement }: Pick<OperationTerms, 'kind' | 'entitlement'>): string {
  return isAccount(entitlement) ? kind : `${kind} ${entitlementKey(entitlement)}`;
}

/** What is unverified after a fact. */
export function unverifiedAfter({ unverified, open }: Account, event: AccountEvent): Account['unverified'] {
  switch (event.type) {
    case 'AccountDisabled':
    case 'AccountDeleted':
    case 'MembershipRemoved':
    case 'RoleRevoked': {
      const { verifiable, verified, confirmedBy, ...terms } = event.data;
      const key = removalKey(terms);
      if (verifiable !== false || verified || confirmedBy !== undefined) return without(unverified, key);
      const { operation, kind, connector, application, identityId, accountId, entitlement, desired, because } = terms;
      const taken = { operation, kind, connector, application, identityId, accountId, entitlement, desired, because };
      return { ...unverified, [key]: { ...taken, since: open?.startedAt ?? '' } };
    }
    // Given again: the former removal is not relevant any more.
    case 'AccountEnabled':
      return without(unverified, 'disable-account');
    case 'MembershipAdded':
      return without(unverified, removalKey({ kind: 'remove-member', entitlement: event.data.entitlement }));
    case 'RoleGranted':
      return without(unverified, removalKey({ kind: 'revoke-role', entitlement: event.data.entitlement }));
    case 'AccountCreated':
    case 'AccountAdopted':
      return {};
    default:
      return unverified;
  }
}
