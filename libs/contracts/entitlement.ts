/**
 * What an application grants, as one value from the catalog to the audit. To add a kind, add it here: then one file in
 * each service, with its switch over `kind`, does not compile until it handles the kind.
 */
export const entitlementKinds = ['account', 'group', 'role'] as const;
export type EntitlementKind = (typeof entitlementKinds)[number];

/** One thing that one application grants. `name` is null for the account: a person has one in an application. */
export type Entitlement =
  | { readonly application: string; readonly kind: 'account'; readonly name: null }
  | { readonly application: string; readonly kind: Exclude<EntitlementKind, 'account'>; readonly name: string };

/** The field that names it in documents, messages, stored facts and answers; the application stands beside it. */
export type EntitlementFields = { readonly account: true } | { readonly group: string } | { readonly role: string };

/** The value that these fields name. */
export function entitlementOf(application: string, fields: EntitlementFields): Entitlement {
  if ('account' in fields) return { application, kind: 'account', name: null };
  if ('group' in fields) return { application, kind: 'group', name: fields.group };
  return { application, kind: 'role', name: fields.role };
}

/** The fields that name this value. */
export function fieldsOf({ kind, name }: Pick<Entitlement, 'kind' | 'name'>): EntitlementFields {
  switch (kind) {
    case 'account':
      return { account: true };
    case 'group':
      return { group: name ?? '' };
    case 'role':
      return { role: name ?? '' };
  }
}

/** The fields alone, of anything that has them beside others. */
export const entitlementFields = (one: EntitlementFields): EntitlementFields => fieldsOf(entitlementOf('', one));

/** Equal for the same entitlement of one application, different for others: `account`, `group:Editors`, `role:Admin`. */
export function entitlementKey(one: EntitlementFields): string {
  const { kind, name } = entitlementOf('', one);
  return name === null ? kind : `${kind}:${name}`;
}

/** The same over all applications. */
export const fullEntitlementKey = (one: Entitlement): string => `${one.application} ${entitlementKey(fieldsOf(one))}`;

export const isAccount = (one: EntitlementFields): boolean => entitlementOf('', one).kind === 'account';

/** The entitlement in a value that is not checked yet; null unless exactly one field names an entitlement. */
export function readEntitlement(value: unknown): EntitlementFields | null {
  if (typeof value !== 'object' || value === null) return null;
  const given = entitlementKinds.flatMap((kind): EntitlementFields[] => {
    const name = Object.hasOwn(value, kind) ? (value as Readonly<Record<string, unknown>>)[kind] : undefined;
    if (name === undefined || name === null) return [];
    if (kind === 'account') return name === true ? [{ account: true }] : [];
    return typeof name === 'string' ? [fieldsOf({ kind, name })] : [];
  });
  return given.length === 1 ? (given[0] ?? null) : null;
}

/** The account first, then by kind and name. */
export function compareEntitlements(one: EntitlementFields, other: EntitlementFields): number {
  if (isAccount(one) !== isAccount(other)) return isAccount(one) ? -1 : 1;
  const [a, b] = [entitlementKey(one), entitlementKey(other)];
  return a === b ? 0 : a < b ? -1 : 1;
}
