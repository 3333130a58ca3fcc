import { enterpriseSchema, userSchema, type PatchOperation, type ScimUser } from '#libs/scim/client/resources.js';
import type { Attributes } from '../target.js';
import { entryKey, isSelected, listKey, pathOf, type Path, type Selection } from '#libs/scim/client/attribute-path.js';
import { entryOperations, isEntry, isThere, newEntry, partsOf } from './list-entries.js';

/** The body of a creation. */
export function resourceOf(attributes: Attributes, externalId: string | null): object {
  const resource: Record<string, unknown> = {};
  const schemas = new Set([userSchema]);
  for (const [path, value] of wholeBeforeEntries(attributes)) {
    if (!isThere(value) || isPartOfHalf(path, attributes)) continue;
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
  const after = { ...before, ...changes };
  const done = new Set<string>();
  for (const [path, value, text] of wholeBeforeEntries(changes)) {
    const { select } = path;
    if (done.has(entryKey(path)) || (select !== null && done.has(listKey(path)))) continue;
    done.add(entryKey(path));
    if (select === null) operations.push(operationOf(text, path, withEntries(path, value, after)));
    else {
      const change = { path: { ...path, select }, before: partsOf(path, before), after: partsOf(path, after) };
      operations.push(...entryOperations(change, shown));
    }
  }
  return operations;
}

/** Does a change concern entries of lists? The application may have others than the hub knows: by hand, or half cleared. */
export function needsReading(changes: Attributes): boolean {
  return Object.keys(changes).some((text) => (pathOf(text)?.select ?? null) !== null);
}

/** A whole list is written before its entries, which are then part of it. */
function wholeBeforeEntries(attributes: Attributes): [Path, unknown, string][] {
  const all = Object.entries(attributes).flatMap(([text, value]): [Path, unknown, string][] => {
    const path = pathOf(text);
    return path === null ? [] : [[path, value, text]];
  });
  return [...all.filter(([{ select }]) => select === null), ...all.filter(([{ select }]) => select !== null)];
}

function isPartOfHalf(path: Path, attributes: Attributes): boolean {
  return path.select !== null && !isEntry(partsOf(path, attributes), path.select.by);
}

/** A list that is written as a whole, with the entries of it that are mapped one by one. */
function withEntries(whole: Path, value: unknown, attributes: Attributes): unknown {
  if (whole.sub !== null || (isThere(value) && !Array.isArray(value))) return value;
  const entries = wholeBeforeEntries(attributes).filter(([path]) => path.select !== null && isIn(whole, path));
  const list: Record<string, unknown> = { [whole.name]: copied(value) ?? [] };
  for (const [path, one] of entries) {
    if (isThere(one) && !isPartOfHalf(path, attributes)) put(list, { ...path, name: whole.name }, one);
  }
  return (list[whole.name] as unknown[]).length === 0 ? value : list[whole.name];
}

const isIn = (whole: Path, path: Path): boolean => listKey(path) === listKey(whole);

function operationOf(text: string, { urn, name }: Path, value: unknown): PatchOperation {
  if (!isThere(value)) return { op: 'remove', path: text };
  const isManager = urn === enterpriseSchema && name === 'manager';
  return { op: 'replace', path: text, value: isManager ? managerOf(value) : value };
}

function put(at: Record<string, unknown>, path: Path, value: unknown): void {
  const { urn, name, select, sub } = path;
  if (select !== null) {
    entryIn((at[name] ??= []) as Record<string, unknown>[], select)[sub ?? 'value'] = value;
  } else if (sub !== null) {
    child(at, name)[sub] = value;
  } else {
    at[name] = urn === enterpriseSchema && name === 'manager' ? managerOf(value) : copied(value);
  }
}

function entryIn(list: Record<string, unknown>[], select: Selection): Record<string, unknown> {
  const known = list.find((one) => isSelected(one, select));
  if (known !== undefined) return known;
  const entry = { ...newEntry(select, {}) };
  list.push(entry);
  return entry;
}

/** Entries are added to the copy, never to what is kept of an account. */
function copied(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((one: unknown) => (typeof one === 'object' && one !== null ? { ...one } : one));
}

/** The enterprise extension's manager is complex: its id is `value` (RFC 7643 §4.3). */
function managerOf(value: unknown): unknown {
  return typeof value === 'string' ? { value } : value;
}

function child(at: Record<string, unknown>, name: string): Record<string, unknown> {
  return (at[name] ??= {}) as Record<string, unknown>;
}
