import { own, pathOf } from './attribute-path.js';
import { userSchema } from './resources.js';

/** In every resource, and in no schema (RFC 7643 §3.1). */
const inEvery = new Set(['id', 'externalid', 'meta', 'schemas']);

/**
 * Paths to attributes that the schemas of an application do not have.
 * @param schemas answer to a request for `/Schemas` (RFC 7643 §7)
 * @returns null when the answer describes no users
 */
export function unknownPaths(paths: readonly string[], schemas: object): readonly string[] | null {
  const listed = own(schemas, 'Resources') ?? schemas;
  const all = new Map<string, unknown>(
    (Array.isArray(listed) ? listed : []).map((one: unknown) => [String(own(one, 'id')).toLowerCase(), one]),
  );
  if (attributesOf(all.get(userSchema.toLowerCase())).length === 0) return null;
  return paths.filter((text) => {
    const path = pathOf(text);
    if (path === null || (path.urn === null && inEvery.has(path.name.toLowerCase()))) return false;
    const attribute = named(attributesOf(all.get((path.urn ?? userSchema).toLowerCase())), path.name);
    if (attribute === undefined) return true;
    const parts = attributesOf(attribute, 'subAttributes');
    return path.sub !== null && parts.length > 0 && named(parts, path.sub) === undefined;
  });
}

function attributesOf(schema: unknown, name = 'attributes'): readonly unknown[] {
  const found = own(schema, name);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

const named = (all: readonly unknown[], name: string): unknown =>
  all.find((one) => String(own(one, 'name')).toLowerCase() === name.toLowerCase());
