import { clockMs, dayOf, hourOf, offsetOf } from './dates.js';

/**
 * .NET's custom date formats, with the names of the invariant culture.
 * @see https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
 */

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

/** `yyyy`, `'at'`, `\d` or one other character. */
const parts = /(y+|M+|d+|H+|h+|m+|s+|f{1,7}|F{1,7}|t+|z+|K)|'([^']*)'|"([^"]*)"|\\(.)|%(?=.)|([\s\S])/gu;
/** What one letter alone stands for, unless % stands before it. */
const standard: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
};

interface Part {
  readonly letters: string | null;
  readonly literal: string;
}

function partsOf(format: string): Part[] {
  const found = [...(standard[format] ?? format).matchAll(parts)];
  return found.flatMap(([, letters, single, double, escaped, other]): Part[] => {
    if (letters !== undefined) return [{ letters, literal: '' }];
    const literal = single ?? double ?? escaped ?? other;
    return literal === undefined ? [] : [{ letters: null, literal }];
  });
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** @param ms an instant; printed in UTC */
export function printDate(ms: number, format: string): string {
  const date = new Date(ms);
  return partsOf(format)
    .map(({ letters, literal }) => (letters === null ? literal : printed(date, letters)))
    .join('');
}

function printed(date: Date, letters: string): string {
  const hour = date.getUTCHours();
  const padded = (value: number): string => (letters.length === 1 ? String(value) : twoDigits(value));
  switch (letters[0]) {
    case 'y':
      return printedYear(date.getUTCFullYear(), letters.length);
    case 'M':
      return letters.length > 2 ? named(months, date.getUTCMonth(), letters) : padded(date.getUTCMonth() + 1);
    case 'd':
      return letters.length > 2 ? named(days, date.getUTCDay(), letters) : padded(date.getUTCDate());
    case 'H':
      return padded(hour);
    case 'h':
      return padded(hour % 12 === 0 ? 12 : hour % 12);
    case 'm':
      return padded(date.getUTCMinutes());
    case 's':
      return padded(date.getUTCSeconds());
    case 'f':
      return fractionOf(date, letters);
    case 'F':
      return fractionOf(date, letters).replace(/0+$/, '');
    case 't':
      return (hour < 12 ? 'AM' : 'PM').slice(0, letters.length);
    case 'z':
      return letters.length === 1 ? '+0' : letters.length === 2 ? '+00' : '+00:00';
    default:
      return 'Z';
  }
}

function printedYear(year: number, length: number): string {
  if (length <= 2) return String(year % 100).padStart(length, '0');
  return String(year).padStart(length, '0');
}

const fractionOf = (date: Date, letters: string): string =>
  String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(7, '0').slice(0, letters.length);

function named(names: readonly string[], index: number, letters: string): string {
  return (letters.length === 3 ? short(names) : names)[index] ?? '';
}

interface Read {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  half: string | null;
  offsetMs: number;
}

/** The instant that a text in that format names; without an offset in UTC. Null when the text has another form. */
export function readDate(text: string, format: string): number | null {
  const read: Read = { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0, half: null, offsetMs: 0 };
  let rest = text.trim();
  for (const { letters, literal } of partsOf(format)) {
    const taken = letters === null ? takeLiteral(rest, literal) : take(rest, letters, read);
    if (taken === null) return null;
    rest = rest.slice(taken);
  }
  const dateMs = dayOf(read.year, read.month, read.day);
  const hour = read.half === null ? read.hour : hourOf(read.hour, read.half);
  const timeMs = clockMs(hour, read.minute, read.second);
  return rest !== '' || dateMs === null || timeMs === null ? null : dateMs + timeMs + read.ms - read.offsetMs;
}

/** How many characters of the text the literal takes; null when it is not there. */
function takeLiteral(text: string, literal: string): number | null {
  return text.startsWith(literal) ? literal.length : null;
}

function take(text: string, letters: string, read: Read): number | null {
  switch (letters[0]) {
    case 'y':
      return takeYear(text, letters, read);
    case 'M':
      return letters.length > 2 ? takeMonth(text, letters, read) : digits(text, letters, (v) => (read.month = v));
    case 'd':
      return letters.length > 2 ? takeWeekday(text, letters) : digits(text, letters, (v) => (read.day = v));
    case 'H':
    case 'h':
      return digits(text, letters, (v) => (read.hour = v));
    case 'm':
      return digits(text, letters, (v) => (read.minute = v));
    case 's':
      return digits(text, letters, (v) => (read.second = v));
    case 'f':
    case 'F':
      return takeFraction(text, letters, read);
    case 't':
      return takeHalf(text, letters, read);
    default:
      return takeOffset(text, letters, read);
  }
}

/** One letter takes one or two digits, two letters take two. */
function digits(text: string, letters: string, put: (value: number) => void): number | null {
  const found = (letters.length === 1 ? /^\d{1,2}/ : /^\d{2}/).exec(text)?.[0];
  if (found === undefined) return null;
  put(Number(found));
  return found.length;
}

function takeYear(text: string, letters: string, read: Read): number | null {
  const length = letters.length <= 2 ? 2 : letters.length;
  const found = text.slice(0, length);
  if (found.length < length || !/^\d+$/.test(found)) return null;
  // As .NET's invariant calendar reads two digits.
  read.year = length === 2 ? Number(found) + (Number(found) > 49 ? 1900 : 2000) : Number(found);
  return length;
}

function takeName(text: string, names: readonly string[]): number {
  return names.findIndex((name) => text.toLowerCase().startsWith(name.toLowerCase()));
}

function takeMonth(text: string, letters: string, read: Read): number | null {
  const names = letters.length === 3 ? short(months) : months;
  const index = takeName(text, names);
  read.month = index + 1;
  return names[index]?.length ?? null;
}

function takeWeekday(text: string, letters: string): number | null {
  const names = letters.length === 3 ? short(days) : days;
  return names[takeName(text, names)]?.length ?? null;
}

function takeFraction(text: string, letters: string, read: Read): number | null {
  const found = /^\d{0,7}/.exec(text)?.[0].slice(0, letters.length) ?? '';
  if (letters.startsWith('f') && found.length < letters.length) return null;
  read.ms = Math.floor(Number(`0.${found}0`) * 1_000);
  return found.length;
}

function takeHalf(text: string, letters: string, read: Read): number | null {
  const found = (letters.length === 1 ? /^[ap]/i : /^[ap]m/i).exec(text)?.[0];
  if (found === undefined) return null;
  read.half = `${found.charAt(0)}M`;
  return found.length;
}

function takeOffset(text: string, letters: string, read: Read): number | null {
  const pattern =
    letters === 'K' ? /^(?:Z|[+-]\d{2}:\d{2}|)/i : letters.length > 2 ? /^[+-]\d{2}:?\d{2}/ : /^[+-]\d{1,2}/;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return null;
  const offsetMs = found === '' ? 0 : offsetOf(found);
  if (offsetMs === null) return null;
  read.offsetMs = offsetMs;
  return found.length;
}
