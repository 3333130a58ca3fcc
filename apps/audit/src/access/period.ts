import type { EntitlementFields } from '#libs/contracts/entitlement.js';

/** A change in the timeline: when it happened, when the log recorded it, and the entry. */
export interface Turn {
  /** ISO 8601 instant, UTC. */
  readonly at: string;
  readonly recordedAt: string;
  /** Index of the entry in the log. */
  readonly index: number;
}

/** Assignments that justified something, from one change on. */
export interface Reason {
  readonly from: Turn;
  readonly because: readonly string[];
}

/** The time in which something justified it; `until` null: it is still justified, as far as is known. */
export interface Span {
  readonly since: Turn;
  readonly until: Turn | null;
}

/** One entitlement held from `since` (inclusive) to `until` (exclusive; null: it has not ended, as far as is known). */
export interface Period {
  readonly identity: string;
  readonly application: string;
  readonly entitlement: EntitlementFields;
  readonly since: Turn;
  readonly until: Turn | null;
  /** When the application first reported it; null if it has not. */
  readonly written: Turn | null;
  /** When a reading first showed it; null if none has. */
  readonly confirmed: Turn | null;
  /** It existed before the hub, and no decision justifies it. */
  readonly found: boolean;
  /** False for an account that is verified as disabled: it exists, but gives no access. */
  readonly enabled: boolean;
  /** Oldest first. */
  readonly reasons: readonly Reason[];
  /** The decisions about it, oldest first; empty for decided access, and if unknown. */
  readonly decided: readonly Span[];
  /** Only of observed access: what readings showed. */
  readonly seen?: Seen;
}

/** What readings showed of something. */
export interface Seen {
  /** It was there before the first reading, nobody knows since when. */
  readonly sinceUnknown: boolean;
  /** Complete readings that would have shown it if it was there, by time. */
  readonly sightings: readonly Sighting[];
  /** The reading that did not show it any more; null: there is none. */
  readonly missedBy: string | null;
}

export interface Sighting {
  readonly reading: string;
  /** When the reading began: what it showed was there then or later. */
  readonly turn: Turn;
}

/** The last reading that showed it, as known at that instant; null where readings say nothing of it. */
export function lastSeen({ seen, since, until }: Period, at: string): Turn | null {
  if (seen === undefined || since.at > at) return null;
  const end = until?.at ?? null;
  const last = seen.sightings.findLast(
    ({ reading, turn }) => turn.at <= at && reading !== seen.missedBy && (end === null || turn.at < end),
  );
  return last === undefined || last.turn.at < since.at ? since : last.turn;
}

/** A period that begins: still open, and reported or shown by nobody yet. */
export function begun(began: Pick<Period, 'identity' | 'application' | 'entitlement' | 'since' | 'reasons'>): Period {
  return { ...began, until: null, written: null, confirmed: null, found: false, enabled: true, decided: [] };
}

/**
 * The evidence: shown by a reading, accepted by the application, possible, or older than the hub.
 */
export type PeriodState = 'confirmed' | 'written' | 'possible' | 'found';

export function holdsAt({ since, until }: Period, at: string): boolean {
  return since.at <= at && (until === null || at < until.at);
}

/** Is it held at an instant from `from` to `to`, both inclusive? */
export function overlaps({ since, until }: Period, from: string, to: string): boolean {
  return since.at <= to && (until === null || from < until.at);
}

/** Access that should have ended is only possible, unless a reading shows it still: nothing else shows whether it was removed. */
export function stateAt(period: Period, at: string): PeriodState {
  const unproven = shouldHaveEnded(period, at) && !period.found && period.seen === undefined;
  return unproven ? 'possible' : evidenceAt(period, at);
}

/** The evidence known at that instant, whether the access is justified or not. */
export function evidenceAt({ found, confirmed, written }: Period, at: string): PeriodState {
  if (found) return 'found';
  if (by(confirmed, at)) return 'confirmed';
  return by(written, at) ? 'written' : 'possible';
}

/** When a reading showed it, as known at that instant. */
export function confirmedAt({ confirmed }: Period, at: string): string | null {
  return by(confirmed, at) ? (confirmed?.at ?? null) : null;
}

const by = (turn: Turn | null, at: string): boolean => turn !== null && turn.at <= at;

/** When the last decision that justified it ended, if none justifies it at that instant; else null. */
export function endedBy({ decided }: Period, at: string): Turn | null {
  const begun = decided.filter(({ since }) => since.at <= at);
  if (begun.some(({ until }) => until === null || at < until.at)) return null;
  const ends = begun.flatMap(({ until }) => until ?? []);
  return ends.reduce<Turn | null>((last, end) => (last === null || end.at > last.at ? end : last), null);
}

/** It may still exist although nothing justifies it. An account that is verified as disabled counts as ended. */
export function shouldHaveEnded(period: Period, at: string): boolean {
  return period.enabled && endedBy(period, at) !== null;
}

/** The assignments that justified it at that instant: the newest ones by then; none after the last decision ended. */
export function becauseAt(period: Period, at: string): readonly string[] {
  return endedBy(period, at) === null ? lastBecause(period, at) : [];
}

/** The last assignments that justified it before or at that instant. */
export function lastBecause({ reasons }: Period, at: string): readonly string[] {
  return (reasons.findLast(({ from }) => from.at <= at) ?? reasons[0])?.because ?? [];
}

/** Everything that ever justified it. */
export function becauseOf({ reasons }: Period): readonly string[] {
  return [...new Set(reasons.flatMap(({ because }) => because))];
}

export function withReason(reasons: readonly Reason[], from: Turn, because: readonly string[]): readonly Reason[] {
  const last = reasons.at(-1)?.because ?? [];
  const same = last.length === because.length && last.every((id) => because.includes(id));
  return because.length === 0 || same ? reasons : [...reasons, { from, because }];
}
