import { formatFilterValue } from '#libs/scim/filter/filter.js';

/** A resource as the application shows it; nothing but `id` is sure to be there. @see RFC 7643 §4.1 */
export interface ScimUser {
  readonly id: string;
  readonly externalId?: string;
  readonly userName?: string;
  readonly active?: unknown;
  readonly meta?: { readonly created?: string };
  readonly [attribute: string]: unknown;
}

const names = ['userName', 'externalId', 'displayName'] as const;

/** A resource whose names are texts, or not there: `null`, a list or an object is no name. */
export function tidied<Resource extends { readonly id: string }>(resource: Resource): Resource {
  const tidy: Record<string, unknown> = { ...resource };
  for (const name of names) {
    const value = tidy[name];
    if (typeof value === 'number') tidy[name] = String(value);
    else if (typeof value !== 'string') Reflect.deleteProperty(tidy, name);
  }
  const { meta } = tidy;
  if (typeof meta !== 'object' || meta === null || typeof (meta as { created?: unknown }).created !== 'string')
    Reflect.deleteProperty(tidy, 'meta');
  return tidy as Resource;
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
export const bulkSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** Each member by its own path: a `remove` of `members` with a value may empty the group. */
export function memberRemovals(members: readonly string[]): PatchOperation[] {
  return members.map((member) => ({ op: 'remove', path: `members[value eq ${formatFilterValue(member)}]` }));
}
