import { workerFields, workerKeys, type WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { canonicalKey } from '#libs/text/text.js';
import { isDamaged } from './worker-rules.js';

export type WorkerField = (typeof workerFields)[number];
/** What a record states field by field; null and an empty list or map mean "cleared". */
export type StatedFields = { readonly [Field in WorkerField]?: unknown };

const fieldSet: ReadonlySet<string> = new Set(workerFields);
export const isWorkerField = (name: string): name is WorkerField => fieldSet.has(name);

/**
 * The record in canonical form: texts composed (NFC) and trimmed, keys without invisible characters. Damaged texts, and
 * texts that would become empty, stay as they are; the rules refuse them.
 */
export function canonicalFields(stated: StatedFields): StatedFields {
  const fields: Partial<Record<WorkerField, unknown>> = {};
  for (const field of workerFields) {
    if (field in stated)
      fields[field] = workerKeys.has(field) ? canonicalIn(stated[field], canonicalKey) : canonical(stated[field]);
  }
  return fields;
}

const text = (value: string): string => value.normalize('NFC').trim();

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return canonicalIn(value, text);
  if (Array.isArray(value)) return value.map((one: unknown) => canonicalIn(one, text));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [canonicalIn(name, canonicalKey), canonicalIn(one, text)]),
  );
}

function canonicalIn<Value>(value: Value, form: (text: string) => string): Value | string {
  if (typeof value !== 'string' || isDamaged(value)) return value;
  const formed = form(value);
  return formed === '' ? value : formed;
}

/** The record without what is cleared, its fields in one fixed order. */
export function withoutCleared(stated: StatedFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const field of workerFields) {
    const value = stated[field];
    if (!isCleared(value)) kept[field] = value;
  }
  return kept;
}

function isCleared(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Names of the fields that differ, in the contract's order. */
export function changedFields(before: WorkerAttributes | null, after: WorkerAttributes): WorkerField[] {
  return workerFields.filter((field) => !isSame(before?.[field], after[field]));
}

/** The former values of these fields; null where there was none. */
export function formerValues(before: WorkerAttributes | null, fields: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) if (isWorkerField(field)) values[field] = before?.[field] ?? null;
  return values;
}

/** Are two values of a field the same? */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)));
}
