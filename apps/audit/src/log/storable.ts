import { cutText } from '#libs/text/text.js';

/** A part of a message that cannot be stored unchanged. */
export interface NotStored {
  /** Name of the envelope's field, `/name` of a field of the body; empty for the whole message. */
  readonly field: string;
  /** Never quotes the value. */
  readonly reason: string;
}

/** Longest text of the envelope, in characters: entries are found by it, and an index takes no more than 2,700 bytes. */
const longestText = 512;
/** Deepest nesting of a body. */
const deepest = 64;
/** Largest sequence an entry can be found by: int4. */
const largestSequence = 2 ** 31 - 1;

/** Records a change. */
type Note = (field: string, reason: string) => void;

/** A text of the envelope: valid Unicode, without NUL, and not too long for an index. */
export function storableText(field: string, value: string, note: Note): string {
  let text = value;
  if (!text.isWellFormed()) {
    note(field, 'is not Unicode: lone surrogates are replaced by U+FFFD');
    text = text.toWellFormed();
  }
  if (text.includes('\0')) {
    note(field, 'contains the character NUL: replaced by U+FFFD');
    text = text.replaceAll('\0', '\ufffd');
  }
  if (text.length > longestText) {
    note(field, `is longer than ${longestText} characters: the rest is left out`);
    text = cutText(text, longestText);
  }
  return text;
}

/** As `Date.toISOString` writes it, on a day that every month has: there is nothing to be changed about it. */
const plainInstant =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** An ISO 8601 instant in UTC with a year of four digits; else `instead`. */
export function storableTime(value: string, instead: string, note: Note): string {
  if (plainInstant.test(value)) return value;
  const ms = Date.parse(value);
  const text = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  if (/^\d{4}-/.test(text) && text >= '0001') return text;
  note('time', 'is not an instant of the years 1 to 9999: replaced by the time of recording');
  return instead;
}

export function storableSequence(value: number, note: Note): number {
  if (Number.isInteger(value) && value >= 0 && value <= largestSequence) return value;
  note('sequence', `is not a whole number up to ${largestSequence}: replaced by that number`);
  return largestSequence;
}

/**
 * A body that canonical JSON can represent: Unicode texts, finite numbers, bounded nesting. Returns the same object if
 * nothing had to change.
 */
export function storableBody(body: object, note: Note): object {
  if (canStand(body, 0)) return body;
  const fields = Object.entries(body).map(([name, value]): [string, unknown] => {
    if (name.isWellFormed() && canStand(value, 1)) return [name, value];
    note(
      `/${name.toWellFormed()}`,
      'is not Unicode, has no finite number, or is nested too deeply: parts of it are replaced',
    );
    return [name.toWellFormed(), repaired(value, 1)];
  });
  return Object.fromEntries(fields);
}

function canStand(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= deepest) return false;
  if (Array.isArray(value)) return value.every((item) => canStand(item, depth + 1));
  for (const [name, item] of Object.entries(value)) {
    if (!name.isWellFormed() || !canStand(item, depth + 1)) return false;
  }
  return true;
}

function repaired(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return null;
  if (Array.isArray(value)) return value.map((item) => repaired(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name.toWellFormed(), repaired(item, depth + 1)]),
  );
}
