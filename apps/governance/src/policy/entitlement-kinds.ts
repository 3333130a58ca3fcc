import type { EntitlementKind } from '#libs/contracts/entitlement.js';

/** What governance must know of a kind of entitlement; a further kind adds its case here. */
interface KindRules {
  /** Nobody is to have it without an account in the same application: it waits for one. */
  readonly needsAccount: boolean;
  /** Its place in the list of names that desired access gives beside the account; null where it has none. */
  readonly accountList: 'groups' | null;
}

export function rulesOf(kind: EntitlementKind): KindRules {
  switch (kind) {
    case 'account':
      return { needsAccount: false, accountList: null };
    case 'group':
      return { needsAccount: true, accountList: 'groups' };
    case 'role':
      return { needsAccount: true, accountList: null };
  }
}
