import type { AccountEvent, DesiredVersion } from '../accounts/accounts.exports.js';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { FoundThere, HeldThere } from './outcome.js';

/** Whom an account becomes linked to, and under which name of the operation. */
export interface Link {
  readonly operation: string;
  readonly connector: string;
  readonly application: string;
  readonly identityId: string;
  readonly desired: DesiredVersion;
  readonly because: readonly string[];
  /** Where the account was found. */
  readonly place: string;
}

/** The facts by which a found account becomes a person's, with what it holds already of what the person should have. */
export function linkFacts(link: Link, found: FoundThere, keeps: readonly HeldThere[]): AccountEvent[] {
  const { place, ...about } = link;
  const terms = { ...about, accountId: found.accountId, status: null, place, seen: 'yes' } as const;
  const adopted: AccountEvent = {
    type: 'AccountAdopted',
    v: 2,
    data: { ...terms, kind: 'create-account', entitlement: { account: true }, active: found.active !== false },
    personal: { account: { subject: link.identityId, fields: { observed: found.observed } } },
  };
  const held = keeps.map(({ entitlement, id }): AccountEvent => {
    const isRole = entitlementOf('', entitlement).kind === 'role';
    return isRole
      ? { type: 'RoleGranted', v: 2, data: { ...terms, kind: 'grant-role', entitlement, grantedId: id } }
      : { type: 'MembershipAdded', v: 2, data: { ...terms, kind: 'add-member', entitlement, grantedId: id } };
  });
  return [adopted, ...held];
}
