import { Temporal } from 'temporal-polyfill';
import type { ProblemError } from '#libs/problems/problem.js';
import { isTimeZone } from '#libs/text/calendar-day.js';
import { isDuration, later } from '#libs/text/duration.js';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** Off-peak hours, in which readings by schedule begin. It may go over midnight. */
export interface ReadingWindow {
  /** `HH:MM` in the zone. */
  readonly from: string;
  readonly until: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Days on which it opens. */
  readonly days: readonly Weekday[];
}

/** When an application is read without anybody asking. */
export interface ReadingSchedule {
  /** ISO 8601 duration between two readings; null: only when somebody asks. */
  readonly every: string | null;
  /** Null: at any time. */
  readonly window: ReadingWindow | null;
}

/** The newest reading. */
export interface NewestReading {
  readonly status: 'running' | 'completed' | 'held' | 'failed';
  readonly requestedAt: string;
  readonly finishedAt: string | null;
}

/** A reading that failed is made again after this time, or after `every` where that is shorter. */
const afterFailure = 'PT15M';
/** With a window a reading may come this much early, or a tenth of `every`: otherwise each day's reading would be a little later. */
const mostEarlyMs = 600_000;

/** When the next reading by schedule is due, now or later; null where none is scheduled. */
export function nextReadingAt(
  { every, window }: ReadingSchedule,
  newest: NewestReading | null,
  now: string,
): string | null {
  if (every === null) return null;
  const due = newest === null ? now : dueAfter(newest, every);
  if (window === null) return latest(due, now);
  return openingFrom(window, latest(newest === null ? due : early(newest, due), now));
}

/** The first instant from `at` on in which the window is open. */
export function openingFrom(window: ReadingWindow, at: string): string {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(window.timeZone);
  // From the day before, whose window may still be open, to the same day of next week.
  for (let days = -1; days <= weekdays.length; days += 1) {
    const date = local.toPlainDate().add({ days });
    if (!opensOn(window, date)) continue;
    const { opens, closes } = opening(window, date);
    if (Temporal.Instant.compare(local.toInstant(), closes) < 0) return latest(text(opens), text(local.toInstant()));
  }
  throw new RangeError('a window opens once a week');
}

const text = (instant: Temporal.Instant): string => instant.toString({ fractionalSecondDigits: 3 });

function opensOn({ days }: ReadingWindow, date: Temporal.PlainDate): boolean {
  const day = weekdays[date.dayOfWeek - 1];
  return day !== undefined && days.includes(day);
}

/** The window that opens on a day. */
function opening(
  { from, until, timeZone }: ReadingWindow,
  date: Temporal.PlainDate,
): { readonly opens: Temporal.Instant; readonly closes: Temporal.Instant } {
  const at = (day: Temporal.PlainDate, time: string): Temporal.Instant =>
    day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).toInstant();
  return { opens: at(date, from), closes: at(until > from ? date : date.add({ days: 1 }), until) };
}

function dueAfter({ status, requestedAt, finishedAt }: NewestReading, every: string): string {
  const due = later(requestedAt, every);
  if (status !== 'failed') return due;
  const again = later(finishedAt ?? requestedAt, afterFailure);
  return again < due ? again : due;
}

function early({ requestedAt }: NewestReading, due: string): string {
  const everyMs = Date.parse(due) - Date.parse(requestedAt);
  return text(
    Temporal.Instant.fromEpochMilliseconds(Date.parse(due) - Math.min(mostEarlyMs, Math.floor(everyMs / 10))),
  );
}

const latest = (one: string, other: string): string => (one > other ? one : other);

/** A window as an administrator states it. */
export type StatedWindow = Pick<ReadingWindow, 'from' | 'until'> & {
  readonly timeZone?: string | null;
  readonly days?: readonly Weekday[] | null;
};

export function windowOf(stated: StatedWindow | null | undefined): ReadingWindow | null {
  if (stated === null || stated === undefined) return null;
  const { from, until, timeZone, days } = stated;
  return { from, until, timeZone: timeZone ?? 'UTC', days: weekdays.filter((day) => (days ?? weekdays).includes(day)) };
}

/** What the fields of a document alone do not show to be wrong. */
export function scheduleProblems({ every, window }: ReadingSchedule): ProblemError[] {
  return [
    ...(every === null || isDuration(every) ? [] : [everyProblem]),
    ...(window === null ? [] : windowProblems(window, every)),
  ];
}

const everyProblem = {
  pointer: '/reconcile/every',
  detail: 'must be an ISO 8601 duration greater than zero, for example P1D',
};

function windowProblems({ from, until, timeZone }: ReadingWindow, every: string | null): ProblemError[] {
  return [
    ...(every === null
      ? [{ pointer: '/window', detail: 'is of no use without reconcile.every: give that, or leave the window out' }]
      : []),
    ...(from === until
      ? [{ pointer: '/window/until', detail: 'is the same as from: leave the window out for the whole day' }]
      : []),
    ...(isTimeZone(timeZone)
      ? []
      : [{ pointer: '/window/timeZone', detail: 'must be an IANA time zone, for example Europe/Zurich' }]),
  ];
}
