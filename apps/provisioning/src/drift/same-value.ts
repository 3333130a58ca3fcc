import { isDeepStrictEqual } from 'node:util';
import { foldText } from '#libs/text/text.js';

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Is it the very same value? No value, null and an empty text are one. */
export function isSame(one: unknown, other: unknown): boolean {
  return (isNothing(one) && isNothing(other)) || isDeepStrictEqual(plain(one), plain(other));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Is it the same value in another form, as the application keeps it: other case or spaces, a number as text, a telephone number or an instant written otherwise, an object with more fields? @param one what was written */
export function isSameInOtherForm(one: unknown, other: unknown): boolean {
  if (isSame(one, other)) return true;
  const [parts, whole] = [plain(one), plain(other)];
  if (isRecord(parts) && isRecord(whole))
    return Object.entries(parts).every(([key, part]) => isSameInOtherForm(part, whole[key]));
  const [a, b] = [textOf(one), textOf(other)];
  if (a === null || b === null) return false;
  return foldText(squeezed(a)) === foldText(squeezed(b)) || isSameNumber(a, b) || isSameInstant(a, b);
}

/** A list of one is its entry. */
function plain(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value as readonly unknown[])[0] : value;
}

function textOf(value: unknown): string | null {
  const one = plain(value);
  return typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? String(one) : null;
}

const squeezed = (text: string): string => text.trim().replace(/\s+/g, ' ');

const telephone = /^(?:tel:)?\+?[\d\s()./-]{5,}$/i;
const digits = (text: string): string => text.replace(/\D/g, '').replace(/^00/, '');

function isSameNumber(one: string, other: string): boolean {
  return telephone.test(one) && telephone.test(other) && digits(one) === digits(other);
}

const instant = /^\d{4}-\d{2}-\d{2}T/;

function isSameInstant(one: string, other: string): boolean {
  return instant.test(one) && instant.test(other) && Date.parse(one) === Date.parse(other);
}
