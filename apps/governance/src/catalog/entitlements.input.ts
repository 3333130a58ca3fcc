import { entitlementOf, fieldsOf, readEntitlement, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { canonicalKey } from '#libs/text/text.js';

export const notOneThing = 'must name one thing: account (true), group or role';

/** The entitlement that fields of a request name, with its name in canonical form; null where they name none, or several. */
export function entitlementIn(
  dto: { readonly account?: true | null; readonly group?: string | null; readonly role?: string | null },
  application: string,
): EntitlementFields | null {
  const { account, group, role } = dto;
  const fields = readEntitlement({ account, group, role });
  if (fields === null) return null;
  const { kind, name } = entitlementOf(application, fields);
  if (kind === 'account') return fieldsOf({ kind, name: null });
  const key = canonicalKey(name ?? '');
  return key === '' ? null : fieldsOf({ kind, name: key });
}
