import type { EntitlementKind } from '#libs/contracts/entitlement.js';

/** What governance must know of a kind of entitlement; a further kind adds its case here. */
interface KindRules {
  /** The list of names in desired access that it belongs to; null where it belongs to none. */
  readonly accountList: 'groups' | null;
}

export function rulesOf(kind: EntitlementKind): KindRules {
  switch (kind) {
    case 'account':
      return { accountList: null };
    case 'group':
      return { accountList: 'groups' };
    case 'role':
      return { accountList: null };
  }
}
