import { searchForm } from '#libs/text/text.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The value of an attribute by its name in any case, reading own properties only: `__proto__`, `constructor` and
 * `toString` find nothing unless the resource itself carries them.
 *
 * @see RFC 7643 §2.1 (attribute names are case-insensitive)
 */
export function ownValue(resource: JsonObject, name: string): unknown {
  if (Object.hasOwn(resource, name)) return resource[name];
  const wanted = searchForm(name);
  const key = Object.keys(resource).find((candidate) => searchForm(candidate) === wanted);
  return key === undefined ? undefined : resource[key];
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Core schema names may be written with or without their URN; extension attributes live under theirs. */
export const isCoreSchema = (urn: string): boolean => /^urn:ietf:params:scim:schemas:core:/i.test(urn);
