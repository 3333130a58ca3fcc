import {
  entitlementKey,
  entitlementOf,
  type EntitlementFields,
  type EntitlementKind,
} from '#libs/contracts/entitlement.js';
import type { Account, Granted } from './account-state.js';
import type { OperationKind, OperationTerms } from './account.events.js';

/** Operations that grant and revoke one kind. */
interface Operations {
  readonly grant: OperationKind;
  readonly revoke: OperationKind;
}

/** What an operation says of what it grants or revokes. */
type Target = Pick<OperationTerms, 'kind' | 'entitlement'>;

/** For what goes with an account; null for a kind that no connector can grant. A further kind adds its case here. */
function operationsFor(kind: EntitlementKind): Operations | null {
  switch (kind) {
    case 'group':
      return { grant: 'add-member', revoke: 'remove-member' };
    case 'account':
    case 'role':
      return null;
  }
}

/** The operation that grants it; null where none can. */
export const granting = (one: EntitlementFields): Target | null => targetOf(one, 'grant');
/** The operation that takes it away; null where none can. */
export const revoking = (one: EntitlementFields): Target | null => targetOf(one, 'revoke');

/** What the hub granted with this account, in order of the keys. */
export function grantedWith({ granted }: Pick<Account, 'granted'>): Granted[] {
  return Object.entries(granted)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, holding]) => holding);
}

/** The application's id of what was granted; null while unknown. */
export function grantedId({ granted }: Pick<Account, 'granted'>, one: EntitlementFields): string | null {
  return granted[entitlementKey(one)]?.id ?? null;
}

function targetOf(entitlement: EntitlementFields, operation: keyof Operations): Target | null {
  const operations = operationsFor(entitlementOf('', entitlement).kind);
  return operations === null ? null : { kind: operations[operation], entitlement };
}

/** The name of an entitlement in the field of its kind, as answers show it. */
export function namedIn(one: EntitlementFields): { readonly group: string | null; readonly role: string | null } {
  const { kind, name } = entitlementOf('', one);
  return { group: kind === 'group' ? name : null, role: kind === 'role' ? name : null };
}
