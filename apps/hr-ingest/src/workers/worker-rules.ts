import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { canonicalKey, foldText } from '#libs/text/text.js';
import { isCalendarDay } from '#libs/text/calendar-day.js';

/** What is wrong with one field of a record, and the correction. */
export interface FieldProblem {
  readonly field: string;
  readonly detail: string;
}

const longestText = 1000;
/** Keys are looked up by an index. */
const longestKey = 200;

export const dayRule = 'must be a date that exists, as YYYY-MM-DD';
export const textRule = `must be text of 1 to ${longestText} characters without control characters, in UTF-8`;
export const keyRule = `must be text of 1 to ${longestKey} visible characters without control characters, in UTF-8`;
export const textListRule = 'must be a list of at most 50 texts';
export const textMapRule = 'must be an object of at most 50 texts';
export const instantRule = 'must be an instant with an offset, such as 2026-06-30T17:00:00+02:00';
const maxEntries = 50;

// PostgreSQL refuses NUL. The other characters, and U+FFFD, which replaces bytes that are not UTF-8, show that the text is damaged.
const damaged = /[\u0000-\u001f\u007f-\u009f\ufffd]/;
/** Contains characters that a valid text never has. */
export const isDamaged = (text: string): boolean => damaged.test(text) || !text.isWellFormed();
const lineBreaks = /[\t\r\n]/g;

/** The rules as the API document says them. */
export const textJson = {
  type: 'string',
  maxLength: longestText,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\ufffd]*\\S[^\\u0000-\\u001f\\u007f-\\u009f\\ufffd]*$',
};
export const keyJson = { ...textJson, maxLength: longestKey };
const longTextJson = { type: 'string', maxLength: longestText, pattern: '\\S' };
export const textListJson = { type: 'array', maxItems: maxEntries, items: longTextJson };
export const textMapJson = { type: 'object', maxProperties: maxEntries, additionalProperties: longTextJson };

/** In characters, as JSON Schema counts them. */
const isAtMost = (value: string, characters: number): boolean =>
  value.length <= characters || (value.length <= 2 * characters && Array.from(value).length <= characters);

/** Text of one line. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && /\S/.test(value) && isAtMost(value, longestText) && !isDamaged(value);
}

/** Text that may have several lines, such as an address. */
const isLongText = (value: unknown): boolean =>
  isText(typeof value === 'string' ? value.replace(lineBreaks, ' ') : value);

export const isKey = (value: unknown): value is string =>
  isText(value) && isAtMost(value, longestKey) && canonicalKey(value) !== '';

export function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.length <= maxEntries && value.every(isLongText);
}

export function isTextMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= maxEntries && entries.flat().every(isLongText);
}

/** Two names that are the same for a filter, in words; null when there are none. */
export function namesDifferingInCase(value: unknown): string | null {
  const names = new Map<string, string>();
  for (const name of typeof value === 'object' && value !== null ? Object.keys(value) : []) {
    const first = names.get(foldText(name));
    if (first !== undefined) return `"${first}" and "${name}"`;
    names.set(foldText(name), name);
  }
  return null;
}

const instant = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** ISO 8601 with an offset. The meaning of a local time would depend on the time zone of the reader. */
export function isInstant(value: unknown): boolean {
  return typeof value === 'string' && isCalendarDay(instant.exec(value)?.[1] ?? '');
}

/**
 * Rules between fields; each names the other one, too. Every date is known to be one.
 *
 * @param mayBeWithdrawn whether an end before the first day is a hire that does not take place
 */
export function orderProblems(worker: WorkerAttributes, mayBeWithdrawn: MayBeWithdrawn): FieldProblem[] {
  return [
    ...endProblems(worker, mayBeWithdrawn),
    ...accessEndProblems(worker, mayBeWithdrawn),
    ...leaveProblems(worker),
  ];
}

type MayBeWithdrawn = (end: string) => boolean;

function endProblems(
  { hireDate, terminationDate, lastWorkingDay }: WorkerAttributes,
  mayBeWithdrawn: MayBeWithdrawn,
): FieldProblem[] {
  return Object.entries({ terminationDate, lastWorkingDay }).flatMap(([field, end]) =>
    end === undefined || end >= hireDate || mayBeWithdrawn(field)
      ? []
      : [{ field, detail: `${end} is before hireDate ${hireDate}, which is in the past: correct one of the two` }],
  );
}

function accessEndProblems(
  { hireDate, accessEndsAt }: WorkerAttributes,
  mayBeWithdrawn: MayBeWithdrawn,
): FieldProblem[] {
  const field = 'accessEndsAt';
  if (accessEndsAt === undefined || mayBeWithdrawn(field)) return [];
  // One day of tolerance: the day of the instant depends on a time zone that these rules do not know.
  if (Date.parse(accessEndsAt) >= Date.parse(`${hireDate}T00:00:00Z`) - dayMs) return [];
  return [{ field, detail: `${accessEndsAt} is before hireDate ${hireDate}: correct one of the two` }];
}

function leaveProblems({ leaveFrom, leaveUntil, status }: WorkerAttributes): FieldProblem[] {
  if (leaveUntil === undefined) return [];
  if (leaveFrom !== undefined && leaveUntil < leaveFrom)
    return [{ field: 'leaveUntil', detail: `${leaveUntil} is before leaveFrom ${leaveFrom}: correct one of the two` }];
  if (leaveFrom !== undefined || status === 'on-leave') return [];
  const detail = 'is missing: give the first day of the leave that ends on leaveUntil, or status on-leave';
  return [{ field: 'leaveFrom', detail }];
}

const dayMs = 86_400_000;
