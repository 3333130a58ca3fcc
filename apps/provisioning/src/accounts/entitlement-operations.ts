import { entitlementOf, type EntitlementFields, type EntitlementKind } from '#libs/contracts/entitlement.js';
import type { Account } from './account.js';
import type { OperationKind, OperationTerms } from './account.events.js';

/** Something that goes with an account in its application, and the ids of the assignments that justify it. */
export interface Holding {
  readonly entitlement: EntitlementFields;
  readonly because: readonly string[];
}

/** Operations that grant and revoke one kind. */
interface Operations {
  readonly grant: OperationKind;
  readonly revoke: OperationKind;
}

/** What an operation says of what it grants or revokes. */
type Target = Pick<OperationTerms, 'kind' | 'group'>;

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

/** What the hub granted with this account, in order of the names. */
export function grantedWith({ groups }: Pick<Account, 'groups'>): Holding[] {
  return Object.keys(groups)
    .sort()
    .map((group) => ({ entitlement: { group }, because: groups[group] ?? [] }));
}

/** The application's id of what was granted; null while unknown. */
export function grantedId({ groupIds }: Pick<Account, 'groupIds'>, one: EntitlementFields): string | null {
  const { kind, name } = entitlementOf('', one);
  return kind === 'group' && Object.hasOwn(groupIds, name) ? (groupIds[name] ?? null) : null;
}

function targetOf(one: EntitlementFields, operation: keyof Operations): Target | null {
  const { kind, name } = entitlementOf('', one);
  const operations = operationsFor(kind);
  return operations === null ? null : { kind: operations[operation], group: kind === 'group' ? name : null };
}
