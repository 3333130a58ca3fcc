import { own } from './attribute-path.js';
import { enterpriseSchema, groupSchema, userSchema } from './resources.js';

/** Where an application has users and groups, as its resource types say (RFC 7643 §6); null where they do not say. */
export interface DescribedPaths {
  readonly users: string | null;
  readonly groups: string | null;
}

/** @param answer to a request for `/ResourceTypes` @param baseUrl of the service: an endpoint may be a whole address */
export function pathsIn(answer: object, baseUrl: string): DescribedPaths {
  const types = listIn(answer);
  const of = (schema: string): string | null => {
    const type = types.find((one) => String(own(one, 'schema')).toLowerCase() === schema.toLowerCase());
    return relative(own(type, 'endpoint'), new URL(baseUrl));
  };
  return { users: of(userSchema), groups: of(groupSchema) };
}

/** `/Users`, `Users` and `https://host/scim/v2/Users` are the same. Null for what leads elsewhere. */
function relative(endpoint: unknown, base: URL): string | null {
  const root = base.pathname.replace(/\/+$/, '');
  const path = typeof endpoint === 'string' ? pathIn(endpoint, base, root) : null;
  return path !== null && /^\/[\w./-]{1,100}$/.test(path) ? path.replace(/\/+$/, '') : null;
}

function pathIn(endpoint: string, base: URL, root: string): string | null {
  const below = (path: string): string | null => (path.startsWith(`${root}/`) ? path.slice(root.length) : null);
  if (!/^https?:/i.test(endpoint)) {
    const path = endpoint.startsWith('/') ? endpoint : `/${endpoint}`;
    return below(path) ?? path;
  }
  if (!URL.canParse(endpoint) || new URL(endpoint).origin !== base.origin) return null;
  return below(new URL(endpoint).pathname);
}

/** Texts of a user in which the application tells cases apart, by path (RFC 7643 §2.2: others do not). */
export function caseExactIn(schemas: object): readonly string[] {
  const all = listIn(schemas);
  return [userSchema, enterpriseSchema].flatMap((urn) => {
    const schema = all.find((one) => String(own(one, 'id')).toLowerCase() === urn.toLowerCase());
    const prefix = urn === userSchema ? '' : `${urn}:`;
    return attributesOf(schema, 'attributes').flatMap((attribute) => exactOf(attribute, prefix));
  });
}

/** `value` of an entry of a list is the entry. */
function exactOf(attribute: unknown, prefix: string): string[] {
  const name = `${prefix}${String(own(attribute, 'name'))}`;
  const parts = attributesOf(attribute, 'subAttributes').filter(isExactText);
  return [...(isExactText(attribute) ? [name] : []), ...parts.map((part) => `${name}.${String(own(part, 'name'))}`)];
}

const isExactText = (one: unknown): boolean => own(one, 'type') === 'string' && own(one, 'caseExact') === true;

function listIn(answer: object): readonly unknown[] {
  const listed = own(answer, 'Resources') ?? answer;
  return Array.isArray(listed) ? (listed as unknown[]) : [];
}

function attributesOf(schema: unknown, name: string): readonly unknown[] {
  const found = own(schema, name);
  return Array.isArray(found) ? (found as unknown[]) : [];
}
