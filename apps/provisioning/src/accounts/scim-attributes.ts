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

/** A target of the mapping as a path; null if the hub cannot write it. @see RFC 7644 §3.10, §3.5.2 */
export function pathOf(text: string): Path | null {
  const [, urn = null, name = '', by, value, sub = null] = shape.exec(text) ?? [];
  if (name === '' || [name, by, sub].some((part) => forbidden.has(part ?? ''))) return null;
  if (by !== undefined && sub === null) return null;
  return { urn, name, select: selectOf(by, value), sub };
}

const selectOf = (by: string | undefined, value = ''): Path['select'] => (by === undefined ? null : { by, value });

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

/**
 * One operation for each path: the form every server understands. What belongs to one entry of a list
 * (`phoneNumbers[type eq "work"].value` and `.display`) makes or removes the entry as a whole, so that no half of one is
 * left, and none is there twice.
 *
 * @param shown the account as the application has it, where {@link needsReading} asks for it
 */
export function patchOf(changes: Attributes, before: Attributes, shown: ScimUser | null = null): PatchOperation[] {
  const operations: PatchOperation[] = [];
  const entries = new Set<string>();
  for (const [text, value] of Object.entries(changes)) {
    const path = pathOf(text);
    if (path === null) continue;
    const entry = entryOf(text, path);
    if (entry === null) operations.push(operationOf(text, path, value));
    else if (!entries.has(entry)) {
      entries.add(entry);
      operations.push(...entryOperations(entry, path, changes, { before, shown }));
    }
  }
  return operations;
}

/** Does a change set a part of an entry that the hub knows nothing of? It may be there all the same, by hand or half cleared. */
export function needsReading(changes: Attributes, before: Attributes): boolean {
  return Object.entries(changes).some(([text, value]) => {
    const path = pathOf(text);
    const entry = path === null ? null : entryOf(text, path);
    return entry !== null && isThere(value) && partsOf(entry, before).length === 0;
  });
}

export function changesEntries(changes: Attributes): boolean {
  return Object.keys(changes).some((text) => (pathOf(text)?.select ?? null) !== null);
}

/** `phoneNumbers[type eq "work"]` of a path into it; null for a path into no entry. */
function entryOf(text: string, { select }: Path): string | null {
  return select === null ? null : text.slice(0, text.lastIndexOf(']') + 1);
}

const isThere = (value: unknown): boolean => value !== null && value !== undefined;

/** Paths of an entry that have a value. */
function partsOf(entry: string, attributes: Attributes): [string, unknown][] {
  return Object.entries(attributes).filter(([text, value]) => text.startsWith(`${entry}.`) && isThere(value));
}

function entryOperations(
  entry: string,
  { urn, name, select }: Path,
  changes: Attributes,
  { before, shown }: { before: Attributes; shown: ScimUser | null },
): PatchOperation[] {
  const after = partsOf(entry, { ...before, ...changes });
  const known = shown === null ? partsOf(entry, before).length > 0 : hasEntry(shown, { urn, name, select });
  if (after.length === 0) return known ? [{ op: 'remove', path: entry }] : [];
  if (!known) {
    const parts = after.map(([text, value]) => [pathOf(text)?.sub ?? 'value', value]);
    const member = { [select?.by ?? 'type']: select?.value, ...(Object.fromEntries(parts) as object) };
    return [{ op: 'add', path: urn === null ? name : `${urn}:${name}`, value: [member] }];
  }
  const changed = Object.entries(changes).filter(([text]) => text.startsWith(`${entry}.`));
  return changed.map(([text, value]) =>
    isThere(value) ? { op: 'replace', path: text, value } : { op: 'remove', path: text },
  );
}

function operationOf(text: string, { urn, name }: Path, value: unknown): PatchOperation {
  if (!isThere(value)) return { op: 'remove', path: text };
  const isManager = urn === enterpriseSchema && name === 'manager';
  return { op: 'replace', path: text, value: isManager ? managerOf(value) : value };
}

function hasEntry(user: ScimUser, { urn, name, select }: Pick<Path, 'urn' | 'name' | 'select'>): boolean {
  const found = own(urn === null ? user : own(user, urn), name);
  return select !== null && Array.isArray(found) && found.some((one: unknown) => isSelected(one, select));
}

/** `type` and its like do not tell cases apart (RFC 7643 §2.4). */
function isSelected(one: unknown, { by, value }: { readonly by: string; readonly value: string }): boolean {
  const found = own(one, by);
  return typeof found === 'string' && found.toLowerCase() === value.toLowerCase();
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
    const one: unknown = Array.isArray(found) ? found.find((each: unknown) => isSelected(each, select)) : undefined;
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
