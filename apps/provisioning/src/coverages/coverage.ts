import { later } from '#libs/text/duration.js';
import { type NewestReading, nextReadingAt, openingFrom, type ReadingSchedule } from './reading-schedule.js';

/** What of an application was not read. */
export interface Gap {
  readonly what: 'accounts' | 'groups' | 'roles';
  /**
   * `never-read`: no reading was complete yet; `held`: the newest reading was not believed; `failed`: it could not be made;
   * `not-shown`: the application did not show everything; `overdue`: no reading was made when one was due.
   */
  readonly reason: 'never-read' | 'held' | 'failed' | 'not-shown' | 'overdue';
  /** Nothing later is known; null where nothing ever was. */
  readonly since: string | null;
  readonly detail: string;
}

/** Kinds of entitlements of which a reading did not show who holds them all, and why. */
export type Unread = { readonly what: 'groups' | 'roles'; readonly detail: string };

export interface CompleteReadingView {
  readonly id: string;
  /** What was there at this instant was shown. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly accounts: number;
}

/** What is known of an application by reading it, and since when. */
export interface Coverage {
  readonly state: 'never-read' | 'gaps' | 'complete';
  /** When it was first read; before that nothing is known of what was there. */
  readonly since: string | null;
  readonly lastComplete: CompleteReadingView | null;
  readonly gaps: readonly Gap[];
  /** The reading under way; null for none. */
  readonly running: string | null;
  /** When it is read next without anybody asking; null where no schedule says so. */
  readonly nextReadingAt: string | null;
}

/** Readings of one connector, as far as coverage depends on them. */
export interface KnownReadings {
  readonly newest: (NewestReading & { readonly id: string; readonly detail: string | null }) | null;
  readonly first: string | null;
  readonly complete: (CompleteReadingView & { readonly unread: readonly Unread[] }) | null;
}

/** A reading counts as overdue when it is this late. */
const overdueAfter = 'PT1H';

/** What is known of an application by its readings? @param running whether the connector is not paused */
export function coverageOf(
  { newest, first, complete }: KnownReadings,
  schedule: ReadingSchedule,
  { now, running }: { readonly now: string; readonly running: boolean },
): Coverage {
  const gaps = complete === null ? [neverRead(newest)] : gapsAfter(complete, newest, schedule, now);
  return {
    state: complete === null ? 'never-read' : gaps.length === 0 ? 'complete' : 'gaps',
    since: first,
    lastComplete: complete === null ? null : shown(complete),
    gaps,
    running: newest?.status === 'running' ? newest.id : null,
    nextReadingAt: running ? nextReadingAt(schedule, newest, now) : null,
  };
}

const shown = ({ id, startedAt, finishedAt, accounts }: CompleteReadingView): CompleteReadingView => ({
  id,
  startedAt,
  finishedAt,
  accounts,
});

function neverRead(newest: KnownReadings['newest']): Gap {
  const { status = 'running', detail = null } = newest ?? {};
  const why = status === 'held' || status === 'failed' ? `: the last one ${words[status]} (${detail ?? ''})` : '';
  return { what: 'accounts', reason: 'never-read', since: null, detail: `no reading was complete yet${why}` };
}

const words = { held: 'is held', failed: 'failed' } as const;

function gapsAfter(
  complete: NonNullable<KnownReadings['complete']>,
  newest: KnownReadings['newest'],
  schedule: ReadingSchedule,
  now: string,
): Gap[] {
  const since = complete.startedAt;
  const unread = complete.unread.map(({ what, detail }): Gap => ({ what, reason: 'not-shown', since: null, detail }));
  if (newest?.status === 'held' || newest?.status === 'failed')
    return [{ what: 'accounts', reason: newest.status, since, detail: newest.detail ?? '' }, ...unread];
  return isOverdue(since, schedule, now)
    ? [{ what: 'accounts', reason: 'overdue', since, detail: 'no reading was made when one was due' }, ...unread]
    : unread;
}

function isOverdue(since: string, { every, window }: ReadingSchedule, now: string): boolean {
  if (every === null) return false;
  const due = later(since, every);
  return later(window === null ? due : openingFrom(window, due), overdueAfter) <= now;
}
