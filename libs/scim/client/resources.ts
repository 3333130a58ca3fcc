/** A resource as the application shows it; nothing but `id` is sure to be there. @see RFC 7643 §4.1 */
export interface ScimUser {
  readonly id: string;
  readonly externalId?: string;
  readonly userName?: string;
  readonly active?: unknown;
  readonly meta?: { readonly created?: string };
  readonly [attribute: string]: unknown;
}

/** Whether an account may be used; null where the application does not show it. Some write the value as text. */
export function isActive({ active }: { readonly active?: unknown }): boolean | null {
  if (typeof active === 'boolean') return active;
  const text = typeof active === 'string' ? active.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** @see RFC 7643 §4.2 */
export interface ScimGroup {
  readonly id: string;
  readonly displayName?: string;
  readonly members?: readonly { readonly value?: string }[];
}

/** One change of one path. @see RFC 7644 §3.5.2 */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';
