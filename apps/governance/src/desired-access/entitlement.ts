/** Something that an application grants, without why. */
export type EntitlementName = { readonly account: true } | { readonly group: string } | { readonly role: string };

/** The name alone, of anything that has one. */
export function nameOf(one: EntitlementName): EntitlementName {
  if ('account' in one) return { account: true };
  return 'group' in one ? { group: one.group } : { role: one.role };
}

/** Equal for equal names, different for different ones. */
export const keyOf = (one: EntitlementName): string => JSON.stringify(nameOf(one));
