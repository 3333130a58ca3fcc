/** A calendar date, `YYYY-MM-DD`. Which instants it covers depends on a time zone. */
export type CalendarDay = string;

const dayMs = 86_400_000;
const pattern = /^(\d{4})-(\d\d)-(\d\d)$/;

/** Is this a date that exists? The 30th of February and the year 0 do not. */
export function isCalendarDay(text: string): boolean {
  if (!pattern.test(text) || text.startsWith('0000')) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Is this an IANA time zone such as `Europe/Berlin`? */
export function isTimeZone(name: string): boolean {
  try {
    return clockOf(name) !== undefined;
  } catch {
    return false;
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for an unknown zone */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    clocks.set(zone, clock);
  }
  return clock;
}

/** What a wall clock in `zone` shows at an instant, as if it were UTC. Milliseconds since 1970. */
function wallMs(instantMs: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = new Date(0);
  wall.setUTCFullYear(year, month - 1, day);
  return wall.setUTCHours(hour, minute, second);
}

const known = new Map<string, number>();
const knownLimit = 20_000;

/**
 * First instant of a day in a zone, in milliseconds since 1970. Where the clocks are put forward at midnight the day
 * begins at one o'clock; where they are put back into the former day it begins with its last midnight.
 *
 * @throws RangeError for an unknown zone
 */
export function startOfDay(day: CalendarDay, zone: string): number {
  const key = `${zone} ${day}`;
  let start = known.get(key);
  if (start === undefined) {
    start = firstInstant(Date.parse(`${day}T00:00:00Z`), zone);
    if (known.size >= knownLimit) known.clear();
    known.set(key, start);
  }
  return start;
}

/** First instant after a day in a zone, in milliseconds since 1970. */
export function endOfDay(day: CalendarDay, zone: string): number {
  const key = `${zone} ${day}+1`;
  let end = known.get(key);
  if (end === undefined) {
    end = firstInstant(Date.parse(`${day}T00:00:00Z`) + dayMs, zone);
    if (known.size >= knownLimit) known.clear();
    known.set(key, end);
  }
  return end;
}

function firstInstant(midnightMs: number, zone: string): number {
  // The offsets before and after any change of clocks around that midnight; the earlier instant that already shows the day wins.
  const offsets = [midnightMs - dayMs, midnightMs + dayMs].map((at) => wallMs(at, zone) - at);
  const candidates = offsets.map((offset) => midnightMs - offset).sort((a, b) => a - b);
  return candidates.find((at) => wallMs(at, zone) >= midnightMs) ?? Math.max(...candidates);
}
