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

/** Kinds that go with an account. */
export type GrantedKind = Exclude<EntitlementKind, 'account'>;

/** A grant or its removal, of a named group or role. */
export interface EntitlementChange {
  readonly op: 'add' | 'remove';
  readonly kind: GrantedKind;
  readonly name: string;
}

const operations: Readonly<Record<GrantedKind, Operations>> = {
  group: { grant: 'add-member', revoke: 'remove-member' },
  role: { grant: 'grant-role', revoke: 'revoke-role' },
};

/** What an operation grants or takes away; null for one of the account itself. */
export function changeOf({ kind, entitlement }: Target): EntitlementChange | null {
  const granted = entitlementOf('', entitlement);
  if (granted.kind === 'account') return null;
  return { op: kind === operations[granted.kind].grant ? 'add' : 'remove', kind: granted.kind, name: granted.name };
}

/** The operation that grants it; null for the account itself. */
export const granting = (one: EntitlementFields): Target | null => targetOf(one, 'grant');
/** The operation that takes it away; null for the account itself. */
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
  const { kind } = entitlementOf('', entitlement);
  return kind === 'account' ? null : { kind: operations[kind][operation], entitlement };
}

/** The name of an entitlement in the field of its kind, as answers show it. */
export function namedIn(one: EntitlementFields): { readonly group: string | null; readonly role: string | null } {
  const { kind, name } = entitlementOf('', one);
  return { group: kind === 'group' ? name : null, role: kind === 'role' ? name : null };
}
