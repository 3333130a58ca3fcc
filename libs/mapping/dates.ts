/** Dates of the mapping language: read in the forms that HR systems and directories write, kept in one form, in UTC. */

const dayMs = 86_400_000;

const isoDate = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*([^Z+-]*?)\s*)?(Z|[+-]\s*\d{1,2}(?::?\d{2})?)?$/i;
const usDate = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(.*?)\s*)?(Z|[+-]\d{1,2}(?::?\d{2})?)?$/i;
const basicDate = /^(\d{4})(\d{2})(\d{2})$/;
const timeOfDay = /^(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:\.(\d{1,7}))?)?\s*(AM|PM)?$/i;

/** Milliseconds since 1970 of a date or an instant as text; without an offset in UTC. Null for what is neither. */
export function instantOf(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed.length > 64) return null;
  const iso = isoDate.exec(trimmed) ?? basicDate.exec(trimmed);
  if (iso !== null) return instant([iso[1], iso[2], iso[3]], iso[4], iso[5]);
  const us = usDate.exec(trimmed);
  return us === null ? null : instant([us[3], us[1], us[2]], us[4], us[5]);
}

type Digits = string | undefined;

function instant([year, month, day]: [Digits, Digits, Digits], time: Digits, offset: Digits): number | null {
  const dateMs = dayOf(Number(year), Number(month), Number(day));
  const timeMs = time === undefined || time === '' ? 0 : timeOf(time);
  const offsetMs = offset === undefined ? 0 : offsetOf(offset);
  return dateMs === null || timeMs === null || offsetMs === null ? null : dateMs + timeMs - offsetMs;
}

/** Of midnight UTC; null where the calendar has no such day. @param month 1 to 12 */
export function dayOf(year: number, month: number, day: number): number | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCDate() === day ? date.getTime() : null;
}

function timeOf(text: string): number | null {
  const [, hours, minutes = '0', seconds = '0', fraction = '', half] = timeOfDay.exec(text) ?? [];
  if (hours === undefined) return null;
  const hour = half === undefined ? Number(hours) : hourOf(Number(hours), half);
  const ms = clockMs(hour, Number(minutes), Number(seconds));
  return ms === null ? null : ms + Math.floor(Number(`0.${fraction}0`) * 1_000);
}

/** Since midnight; null when no clock shows it. */
export function clockMs(hour: number | null, minute: number, second: number): number | null {
  if (hour === null || hour > 23 || minute > 59 || second > 59) return null;
  return ((hour * 60 + minute) * 60 + second) * 1_000;
}

/** Of a clock with twelve hours; null for 0 and 13. */
export function hourOf(hour: number, half: string): number | null {
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}

/** Milliseconds of `Z`, `-07:00`, `+0530` or `-8`; null beyond 14 hours. */
export function offsetOf(text: string): number | null {
  if (text.toUpperCase() === 'Z') return 0;
  const [, sign, hours = '', minutes = '0'] = /^([+-])\s*(\d{1,2}):?(\d{2})?$/.exec(text) ?? [];
  if (sign === undefined || Number(hours) > 14 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** The one form that dates are kept in: `M/d/yyyy h:mm:ss tt`, UTC. */
export function dateText(ms: number): string {
  const date = new Date(ms);
  const hour = date.getUTCHours();
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${year} ${clock} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** Intervals of `DateAdd` and `DateDiff`, as Visual Basic names them. */
export const intervals = ['yyyy', 'q', 'm', 'y', 'd', 'w', 'ww', 'h', 'n', 's'] as const;
export type Interval = (typeof intervals)[number];

const lengthsMs = {
  y: dayMs,
  d: dayMs,
  w: dayMs,
  ww: 7 * dayMs,
  h: 3_600_000,
  n: 60_000,
  s: 1_000,
};

/** Months and years keep the day, or end on the last one of the month. Null beyond the years 1 to 9999. */
export function addTo(ms: number, interval: Interval, value: number): number | null {
  const sum =
    interval === 'yyyy' || interval === 'q' || interval === 'm'
      ? addMonths(ms, value * (interval === 'yyyy' ? 12 : interval === 'q' ? 3 : 1))
      : ms + value * lengthsMs[interval];
  const year = new Date(sum).getUTCFullYear();
  return year >= 1 && year <= 9999 ? sum : null;
}

function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(date.getTime());
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, last.getUTCDate()));
  return date.getTime();
}

/**
 * From the first to the second, as .NET's Visual Basic counts: `d`, `h`, `n`, `s` and `w` are whole spans that have
 * passed, `m`, `q` and `yyyy` borders of the calendar, `ww` Sundays.
 */
export function difference(interval: Interval, fromMs: number, toMs: number): number {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  switch (interval) {
    case 'yyyy':
      return to.getUTCFullYear() - from.getUTCFullYear();
    case 'q':
      return (to.getUTCFullYear() - from.getUTCFullYear()) * 4 + quarter(to) - quarter(from);
    case 'm':
      return months;
    case 'ww':
      return (sunday(toMs) - sunday(fromMs)) / (7 * dayMs);
    case 'w':
      return whole((toMs - fromMs) / (7 * dayMs));
    case 'y':
    case 'd':
    case 'h':
    case 'n':
    case 's':
      return whole((toMs - fromMs) / lengthsMs[interval]);
  }
}

const quarter = (date: Date): number => Math.floor(date.getUTCMonth() / 3);

/** Never -0. */
const whole = (value: number): number => Math.trunc(value) + 0;

/** The Sunday on or before that day. */
function sunday(ms: number): number {
  const day = Math.floor(ms / dayMs);
  return (day - new Date(ms).getUTCDay()) * dayMs;
}

/** Between 1601 and 1970, in milliseconds. */
const fileTimeEpochMs = 11_644_473_600_000;

/** Active Directory's count of 100 ns since 1601. Exact for whole milliseconds, although beyond 2^53. */
export function fileTimeOf(ms: number): number {
  return Number(BigInt(ms + fileTimeEpochMs) * 10_000n);
}

export function instantOfFileTime(fileTime: number): number {
  return Number(BigInt(Math.trunc(fileTime)) / 10_000n) - fileTimeEpochMs;
}
