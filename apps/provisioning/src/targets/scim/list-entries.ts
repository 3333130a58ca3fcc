import { isDeepStrictEqual } from 'node:util';
import type { PatchOperation } from '#libs/scim/client/resources.js';
import type { Attributes } from '../target.js';
import {
  attributeAt,
  entryKey,
  isSelected,
  own,
  pathOf,
  type Path,
  type Selection,
} from '#libs/scim/client/attribute-path.js';

type Entry = Readonly<Record<string, unknown>>;

/** What is to become of one entry of a list. */
export interface EntryChange {
  /** A path into it. */
  readonly path: Path & { readonly select: Selection };
  /** Its parts as the hub wrote them before, by name. */
  readonly before: Entry;
  /** Its parts as they are to be. */
  readonly after: Entry;
}

/** They qualify an entry and are none without another part. */
const qualifiers = new Set(['type', 'primary', '$ref']);

export const isThere = (value: unknown): boolean => value !== null && value !== undefined;

/** Parts of the entry that have a value, by name. */
export function partsOf(path: Path, attributes: Attributes): Entry {
  const key = entryKey(path);
  const parts = Object.entries(attributes).flatMap(([text, value]): [string, unknown][] => {
    const one = pathOf(text);
    return one !== null && one.select !== null && isThere(value) && entryKey(one) === key
      ? [[one.sub ?? 'value', value]]
      : [];
  });
  return Object.fromEntries(parts);
}

/** Has it a part that means something by itself? A type or a mark as primary without a value is half an entry. */
export function isEntry(parts: Entry, by: string): boolean {
  return Object.entries(parts).some(
    ([name, value]) => isThere(value) && !qualifiers.has(name.toLowerCase()) && name.toLowerCase() !== by.toLowerCase(),
  );
}

export function newEntry({ by, value }: Selection, parts: Entry): Entry {
  return { [by]: value, ...parts };
}

/**
 * The operations that make one entry what it should be: there once and whole, or not there.
 *
 * @param shown the account as the application has it; null where it cannot be read
 */
export function entryOperations(change: EntryChange, shown: object | null): PatchOperation[] {
  const { path, before } = change;
  if (shown === null) return operations(change, Object.keys(before).length > 0 ? before : null);
  const found = attributeAt(shown, path);
  const list = Array.isArray(found) ? found.filter(isObject) : [];
  const alike = list.filter((one) => isSelected(one, path.select) || isUntyped(one, change));
  const [one] = alike;
  if (alike.length > 1 || (one !== undefined && !isSelected(one, path.select))) return rewritten(change, list, alike);
  return operations(change, one ?? null);
}

/** For at most one entry: by its path, the form that every server understands. */
function operations({ path, before, after }: EntryChange, there: Entry | null): PatchOperation[] {
  const entry = `${listPath(path)}[${path.select.by} eq "${path.select.value}"]`;
  if (!isEntry(after, path.select.by)) {
    if (there === null) return [];
    const others = Object.entries(there).filter(([name]) => own(before, name) === undefined);
    // An address in which somebody wrote a street has not become empty. Without its value an entry is half a one.
    const stays = own(before, 'value') === undefined && isEntry(Object.fromEntries(others), path.select.by);
    return stays ? cleared(entry, before, after) : [{ op: 'remove', path: entry }];
  }
  if (there === null) return [{ op: 'add', path: listPath(path), value: [newEntry(path.select, after)] }];
  const written = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(own(there, name), value));
  return [
    ...cleared(entry, before, after),
    ...written.map(([name, value]): PatchOperation => ({ op: 'replace', path: `${entry}.${name}`, value })),
  ];
}

function cleared(entry: string, before: Entry, after: Entry): PatchOperation[] {
  return Object.keys(before)
    .filter((name) => !isThere(after[name]))
    .map((name) => ({ op: 'remove', path: `${entry}.${name}` }));
}

/** More than one entry is selected: a path would change all of them. The whole list is written, with what others wrote. */
function rewritten(
  { path, before, after }: EntryChange,
  list: readonly Entry[],
  alike: readonly Entry[],
): PatchOperation[] {
  const known = alike.filter((one) => isSame(one, before) || !isEntry(one, path.select.by));
  const removes = !isEntry(after, path.select.by);
  const mine = known.length > 0 ? known : removes ? alike : alike.slice(0, 1);
  const [kept] = mine;
  const value = list.flatMap((one): Entry[] => {
    if (!mine.includes(one)) return [one];
    if (removes || one !== kept) return [];
    const rest = Object.entries(one).filter(([name]) => own(before, name) === undefined);
    return [{ ...newEntry(path.select, Object.fromEntries(rest)), ...after }];
  });
  if (value.length === 0) return [{ op: 'remove', path: listPath(path) }];
  return [{ op: 'replace', path: listPath(path), value }];
}

const listPath = ({ urn, name }: Path): string => (urn === null ? name : `${urn}:${name}`);

/** Holds all that the hub wrote. */
function isSame(one: Entry, before: Entry): boolean {
  const parts = Object.entries(before);
  return parts.length > 0 && parts.every(([name, value]) => isDeepStrictEqual(own(one, name), value));
}

/** Ours, in an application that does not keep the type. */
function isUntyped(one: Entry, { path, before }: EntryChange): boolean {
  return !isThere(own(one, path.select.by)) && isSame(one, before);
}

function isObject(one: unknown): one is Entry {
  return typeof one === 'object' && one !== null;
}
