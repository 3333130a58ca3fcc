import { enterpriseSchema, userSchema, type PatchOperation, type ScimUser } from '#libs/scim/client/resources.js';
import type { Attributes } from './account.events.js';

/**
 * Attributes are kept flat, by SCIM path: `name.givenName`, `emails`, `emails[type eq "work"].value`,
 * `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.
 */
interface Path {
  /** Schema of an extension; null for the core one. */
  readonly urn: string | null;
  readonly name: string;
  /** `type eq "work"` of a value path; null for a plain one. */
  readonly select: { readonly by: string; readonly value: string } | null;
  readonly sub: string | null;
}

const shape =
  /^(?:(urn:.+):)?([A-Za-z$][\w$-]*)(?:\[\s*([A-Za-z$][\w$-]*)\s+eq\s+"([^"\\]*)"\s*\])?(?:\.([A-Za-z$][\w$-]*))?$/i;
/** Never property names of what we build. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** A target of the mapping as a path; null when it is none we can write. @see RFC 7644 §3.10, §3.5.2 */
export function pathOf(text: string): Path | null {
  const [, urn = null, name = '', by, value, sub = null] = shape.exec(text) ?? [];
  if (name === '' || [name, by ?? '', sub ?? ''].some((part) => forbidden.has(part))) return null;
  if (by !== undefined && sub === null) return null;
  return { urn, name, select: by === undefined ? null : { by, value: value ?? '' }, sub };
}

/** The body of a creation. */
export function resourceOf(attributes: Attributes, externalId: string | null): object {
  const resource: Record<string, unknown> = {};
  const schemas = new Set([userSchema]);
  for (const [text, value] of Object.entries(attributes)) {
    const path = pathOf(text);
    if (path === null || value === null || value === undefined) continue;
    if (path.urn !== null) schemas.add(path.urn);
    put(path.urn === null ? resource : child(resource, path.urn), path, value);
  }
  return { schemas: [...schemas], ...resource, ...(externalId === null ? {} : { externalId }), active: true };
}

/** One operation for each path: the form every server understands. */
export function patchOf(changes: Attributes, before: Attributes): PatchOperation[] {
  return Object.entries(changes).flatMap<PatchOperation>(([text, value]) => {
    const path = pathOf(text);
    if (path === null) return [];
    if (value === null || value === undefined) return [{ op: 'remove', path: text }];
    // A value path selects something that is there; before that, the value is added with its selector.
    if (path.select !== null && !Object.hasOwn(before, text)) {
      const member = { [path.select.by]: path.select.value, [path.sub ?? 'value']: value };
      return [{ op: 'add', path: path.urn === null ? path.name : `${path.urn}:${path.name}`, value: [member] }];
    }
    return [
      {
        op: 'replace',
        path: text,
        value: path.urn === enterpriseSchema && path.name === 'manager' ? managerOf(value) : value,
      },
    ];
  });
}

/** What an account that was there before has at these paths. */
export function observedOf(user: ScimUser, paths: readonly string[]): Attributes {
  const observed: Record<string, unknown> = {};
  for (const text of paths) {
    const path = pathOf(text);
    const value = path === null ? undefined : valueAt(user, path);
    if (value !== undefined && value !== null) observed[text] = value;
  }
  return observed;
}

/** What a resource has at a path; undefined for nothing. */
export function valueAt(user: object, { urn, name, select, sub }: Path): unknown {
  const root = urn === null ? user : own(user, urn);
  const found = own(root, name);
  if (select !== null) {
    const one: unknown = Array.isArray(found)
      ? found.find((each: unknown) => own(each, select.by) === select.value)
      : undefined;
    return own(one, sub ?? 'value');
  }
  return sub === null ? found : own(found, sub);
}

function own(at: unknown, name: string): unknown {
  return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
    ? (at as Record<string, unknown>)[name]
    : undefined;
}

function put(at: Record<string, unknown>, { urn, name, select, sub }: Path, value: unknown): void {
  if (select !== null) {
    const list = (at[name] ??= []) as Record<string, unknown>[];
    const known = list.find((one) => one[select.by] === select.value);
    const entry = known ?? { [select.by]: select.value };
    if (known === undefined) list.push(entry);
    entry[sub ?? 'value'] = value;
  } else if (sub !== null) {
    child(at, name)[sub] = value;
  } else {
    at[name] = urn === enterpriseSchema && name === 'manager' ? managerOf(value) : value;
  }
}

/** The enterprise extension's manager is complex: its id is `value` (RFC 7643 §4.3). */
function managerOf(value: unknown): unknown {
  return typeof value === 'string' ? { value } : value;
}

function child(at: Record<string, unknown>, name: string): Record<string, unknown> {
  return (at[name] ??= {}) as Record<string, unknown>;
}
