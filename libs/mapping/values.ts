import type { Comparison, Value } from './expression.js';
import { instantOf } from './dates.js';

/** What functions say of a value that they cannot take; `evaluate` adds where. */
export class ValueError extends Error {}

/** Booleans are written as Entra writes them. @throws ValueError for several values, or a complex one */
export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (!isList(value)) throw new ValueError('a complex value is no text');
  if (value.length > 1) throw new ValueError('a list of values is no text: use Join, or Item for one of them');
  return textOf(value[0] ?? null);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** A single value is a list of one; an absent one is an empty list. */
export function listOf(value: Value): readonly Value[] {
  if (value === null) return [];
  return isList(value) ? value : [value];
}

/** @throws ValueError for what is no number */
export function numberOf(value: Value): number {
  const number = numberIn(value);
  if (number === null) throw new ValueError(`${shown(value)} is no number`);
  return number;
}

/** Null for what is no number. */
function numberIn(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isList(value) && value.length === 1) return numberIn(value[0] ?? null);
  if (typeof value !== 'string' || !/^\s*-?\d{1,18}(\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

/** True, the text `True` in any case, and numbers other than 0. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'string' && value.toLowerCase() === 'true';
}

/** Absent, the empty text, and a list of nothing else. */
export function isEmpty(value: Value): boolean {
  return value === null || value === '' || (isList(value) && value.every(isEmpty));
}

/**
 * A comparison with an absent or empty value is false, as in Entra; only with the empty text itself it says what is.
 * Numbers and dates are compared as such where both sides are, else texts, exactly.
 */
export function compare(left: Value, operator: Comparison, right: Value): boolean {
  if (isEmpty(left) || isEmpty(right)) {
    const asksForEmpty = left === '' || right === '';
    if (operator === '=') return asksForEmpty && isEmpty(left) && isEmpty(right);
    return operator === '<>' && asksForEmpty && isEmpty(left) !== isEmpty(right);
  }
  const order = orderOf(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function orderOf(left: Value, right: Value): number {
  if (typeof left === 'boolean' || typeof right === 'boolean') return Number(isTrue(left)) - Number(isTrue(right));
  const [a, b] = [numberIn(left), numberIn(right)];
  if (a !== null && b !== null) return a - b;
  const [first, second] = [textOf(left), textOf(right)];
  const [from, until] = [instantOf(first), instantOf(second)];
  if (from !== null && until !== null) return from - until;
  return first === second ? 0 : first < second ? -1 : 1;
}

/** For messages: cut short. */
export function shown(value: Value): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
