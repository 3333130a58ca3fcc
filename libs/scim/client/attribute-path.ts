import { formatFilterValue } from '#libs/scim/filter/filter.js';

/**
 * Attributes are kept flat, by SCIM path: `name.givenName`, `emails`, `emails[type eq "work"].value`,
 * `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.
 */
export interface Path {
  /** Schema of an extension; null for the core one. */
  readonly urn: string | null;
  readonly name: string;
  /** `type eq "work"` of a value path; null for a plain one. */
  readonly select: Selection | null;
  readonly sub: string | null;
}

/** Which entry of a list. */
export interface Selection {
  readonly by: string;
  readonly value: string;
}

const shape =
  /^(?:(urn:.+):)?([A-Za-z$][\w$-]*)(?:\[\s*([A-Za-z$][\w$-]*)\s+eq\s+"([^"\\]*)"\s*\])?(?:\.([A-Za-z$][\w$-]*))?$/i;
/** Never property names of what we build. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** A target of the mapping as a path; null if the hub cannot write it. @see RFC 7644 §3.10, §3.5.2 */
export function pathOf(text: string): Path | null {
  const found = shape.exec(text);
  if (found === null) return null;
  const [, urn = null, name = '', by, value = '', sub = null] = found;
  if ([name, by, sub].some((part) => forbidden.has(part ?? ''))) return null;
  if (by !== undefined && sub === null) return null;
  return { urn, name, select: by === undefined ? null : { by, value }, sub };
}

/** Two paths with the same key mean the same: names and types do not tell cases apart (RFC 7643 §2.1, §2.4). */
export function pathKey(text: string): string {
  const path = pathOf(text);
  return path === null ? text.toLowerCase() : keyOf(path, path.sub);
}

/** The whole list that a path is in, or the whole attribute. */
export const listKey = (path: Path): string => keyOf({ ...path, select: null }, null);

/** The entry that a path is in, without the part of it; the path itself where it is in none. */
export const entryKey = (path: Path): string => keyOf(path, path.select === null ? path.sub : null);

function keyOf({ urn, name, select }: Path, sub: string | null): string {
  const entry = select === null ? '' : `[${select.by} eq "${select.value}"]`;
  return `${urn === null ? '' : `${urn}:`}${name}${entry}${sub === null ? '' : `.${sub}`}`.toLowerCase();
}

/** Is this entry of a list the selected one? */
export function isSelected(one: unknown, { by, value }: Selection): boolean {
  const found = own(one, by);
  return typeof found === 'string' && found.toLowerCase() === value.toLowerCase();
}

/** What a resource has at a path: one value, or one of each entry that is selected. */
export function valuesAt(user: object, path: Path): readonly unknown[] {
  const { select, sub } = path;
  const found = attributeAt(user, path);
  if (select === null) return [sub === null ? found : own(found, sub)];
  const entries = Array.isArray(found) ? found.filter((one: unknown) => isSelected(one, select)) : [];
  return entries.map((one: unknown) => own(one, sub ?? 'value'));
}

/** The whole attribute that a path is in. */
export function attributeAt(user: object, { urn, name }: Path): unknown {
  return own(urn === null ? user : own(user, urn), name);
}

/** A property of that name, in any case; undefined for none. */
export function own(at: unknown, name: string): unknown {
  if (typeof at !== 'object' || at === null) return undefined;
  const key = Object.hasOwn(at, name) ? name : Object.keys(at).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (at as Record<string, unknown>)[key];
}

/** The filter for what has this value at a path. @see RFC 7644 §3.4.2.2 */
export function equalAt(text: string, value: string): string {
  const path = pathOf(text);
  const wanted = formatFilterValue(value);
  if (path?.select === undefined || path.select === null) return `${text} eq ${wanted}`;
  const { urn, name, select, sub } = path;
  const list = `${urn === null ? '' : `${urn}:`}${name}`;
  return `${list}[${select.by} eq ${formatFilterValue(select.value)} and ${sub ?? 'value'} eq ${wanted}]`;
}

/** Can a mapping write to this path? */
export const isWritablePath = (text: string): boolean => pathOf(text) !== null;

/** Does a path lead to one of these? A condition in it says which entry, and not what. */
export function isAmong(paths: readonly string[], text: string): boolean {
  const path = pathOf(text);
  if (path === null || paths.length === 0) return false;
  const sub = path.select === null ? path.sub : (path.sub ?? 'value');
  const plain = `${path.urn === null ? '' : `${path.urn}:`}${path.name}${sub === null ? '' : `.${sub}`}`.toLowerCase();
  return paths.some((one) => one.toLowerCase() === plain);
}
