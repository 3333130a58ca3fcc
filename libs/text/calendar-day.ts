import { Temporal } from 'temporal-polyfill';

/** A calendar date, `YYYY-MM-DD`. Which instants it covers depends on a time zone. */
export type CalendarDay = string;

/** Days, and starts of days, that are kept: an import asks for the same few many times. */
const knownLimit = 20_000;
const pattern = /^(?!0000)\d{4}-\d\d-\d\d$/;

const knownDays = new Set<string>();

/** Is this a date that exists? The 30th of February and the year 0 do not. */
export function isCalendarDay(text: string): boolean {
  if (knownDays.has(text)) return true;
  const exists = pattern.test(text) && accepts(() => Temporal.PlainDate.from(text));
  if (exists) remember(text);
  return exists;
}

function remember(day: CalendarDay): void {
  if (knownDays.size >= knownLimit) knownDays.clear();
  knownDays.add(day);
}

const knownZones = new Set<string>();

/** Is this an IANA time zone such as `Europe/Berlin`? */
export function isTimeZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  const known = accepts(() => new Temporal.ZonedDateTime(0n, name));
  if (known) knownZones.add(name);
  return known;
}

function accepts(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

/** Starts of days, by zone and day. */
const known = new Map<string, number>();

/**
 * First instant of a day in a zone, in milliseconds since 1970. Where the clock goes forward at midnight the day begins
 * at one o'clock. Where it goes back into the former day the day begins with its last midnight.
 *
 * @throws RangeError for an unknown zone
 */
export function startOfDay(day: CalendarDay, zone: string): number {
  return startAfter(day, zone, 0);
}

/** First instant after a day in a zone, in milliseconds since 1970. @throws RangeError for an unknown zone */
export function endOfDay(day: CalendarDay, zone: string): number {
  return startAfter(day, zone, 1);
}

function startAfter(day: CalendarDay, zone: string, days: number): number {
  const key = `${zone} ${day}+${days}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const start = Temporal.PlainDate.from(day).add({ days }).toZonedDateTime(zone).epochMilliseconds;
  if (known.size >= knownLimit) known.clear();
  known.set(key, start);
  return start;
}
