import type { EntitlementKind } from '#libs/contracts/entitlement.js';

/** What governance must know of a kind of entitlement; a further kind adds its case here. */
interface KindRules {
  /** Why a package cannot grant it, with the mend; null where it can. */
  readonly refusal: string | null;
  /** Nobody is to have it without an account in the same application: it waits for one. */
  readonly needsAccount: boolean;
  /** Its place in the list of names that desired access gives beside the account; null where it has none. */
  readonly accountList: 'groups' | null;
}

export function rulesOf(kind: EntitlementKind): KindRules {
  switch (kind) {
    case 'account':
      return { refusal: null, needsAccount: false, accountList: null };
    case 'group':
      return { refusal: null, needsAccount: true, accountList: 'groups' };
    case 'role':
      return { refusal: noRoles, needsAccount: true, accountList: null };
  }
}

const noRoles = 'is not served yet: no connector can grant roles; grant a group that has the role';
