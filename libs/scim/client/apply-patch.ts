import { attributeAt, isSelected, own, pathOf, type Path } from './attribute-path.js';
import type { PatchOperation } from './resources.js';

type Entry = Record<string, unknown>;

/** What a resource is after these operations, for applications that take it whole. The resource itself stays as it is. */
export function applied<Resource extends object>(resource: Resource, operations: readonly PatchOperation[]): Resource {
  const result = structuredClone(resource);
  for (const operation of operations) apply(result as Entry, operation);
  return result;
}

/**
 * The same change without conditions in paths, for applications that know none: a list of which an entry changes is written whole.
 * @param shown the resource as the application has it
 */
export function withoutConditions(operations: readonly PatchOperation[], shown: object): PatchOperation[] {
  const lists = new Map<string, Path>();
  for (const { path } of operations) {
    const parsed = parsedOf(path);
    if (parsed !== null && parsed.path.select !== null) lists.set(listOf(parsed.path), parsed.path);
  }
  const result = applied(shown, operations);
  const plain = operations.filter(({ path }) => {
    const parsed = parsedOf(path);
    return parsed === null || !lists.has(listOf(parsed.path));
  });
  const whole = [...lists].map(([path, parsed]): PatchOperation => {
    const value = attributeAt(result, parsed);
    return Array.isArray(value) && value.length > 0 ? { op: 'replace', path, value } : { op: 'remove', path };
  });
  return [...plain, ...whole];
}

const listOf = ({ urn, name }: Path): string => (urn === null ? name : `${urn}:${name}`);

/** A path, and whether it means an entry as a whole (`emails[type eq "work"]`) and no part of it. */
function parsedOf(text: string): { readonly path: Path; readonly whole: boolean } | null {
  const path = pathOf(text);
  if (path !== null) return { path, whole: false };
  const entry = pathOf(`${text}.value`);
  return entry === null ? null : { path: entry, whole: true };
}

function apply(resource: Entry, { op, path: text, value }: PatchOperation): void {
  const parsed = parsedOf(text);
  if (parsed === null) return;
  const { path, whole } = parsed;
  const parent = path.urn === null ? resource : child(resource, path.urn);
  const name = keyOf(parent, path.name);
  if (path.select !== null) parent[name] = changedEntries(parent[name], op, value, { path, whole });
  else if (path.sub !== null) put(child(parent, name), path.sub, op, value);
  else put(parent, name, op, value);
}

function changedEntries(
  list: unknown,
  op: PatchOperation['op'],
  value: unknown,
  { path: { select, sub }, whole }: { readonly path: Path; readonly whole: boolean },
): unknown[] {
  const entries: unknown[] = Array.isArray(list) ? list : [];
  const isMeant = (one: unknown): boolean => select !== null && isSelected(one, select);
  if (whole) {
    const others = entries.filter((one) => !isMeant(one));
    return op === 'remove' ? others : [...others, value];
  }
  for (const one of entries.filter(isMeant)) put(one as Entry, sub ?? 'value', op, value);
  return entries;
}

function put(at: Entry, sought: string, op: PatchOperation['op'], value: unknown): void {
  const name = keyOf(at, sought);
  const before = at[name];
  if (op === 'remove') Reflect.deleteProperty(at, name);
  else
    at[name] =
      op === 'add' && Array.isArray(before) && Array.isArray(value)
        ? [...(before as unknown[]), ...(value as unknown[])]
        : value;
}

function child(at: Entry, sought: string): Entry {
  const name = keyOf(at, sought);
  const found = own(at, name);
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Entry;
  const made: Entry = {};
  at[name] = made;
  return made;
}

/** The name as the resource writes it: its case does not matter (RFC 7643 §2.1). */
const keyOf = (at: object, name: string): string =>
  Object.keys(at).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
