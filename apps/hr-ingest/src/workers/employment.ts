import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { accessEndMs } from '#libs/contracts/access-end.js';
import { endOfDay, startOfDay } from '#libs/text/calendar-day.js';

/** What the dates of a record mean at one instant. */
export interface Employment {
  readonly phase: 'ahead' | 'live' | 'over';
  /** Only while the employment is live. */
  readonly onLeave: boolean;
  /** The next instant at which any of this changes by time, in milliseconds since 1970; null when none is known. */
  readonly changesAtMs: number | null;
}

/** Later dates mean "for ever", as HR systems write it (9999-12-31). */
const foreverMs = Date.UTC(9000, 0, 1);

/**
 * Reads the dates of a record at an instant. Dates are days in the worker's own zone, else in `defaultZone`, both ends
 * inclusive. Access ends at `accessEndsAt`, else with `lastWorkingDay`, else with `terminationDate`. Leave is what its
 * dates say; `status: on-leave` without a first day means "already".
 */
export function employmentAt(worker: WorkerAttributes, nowMs: number, defaultZone: string): Employment {
  const zone = worker.timeZone ?? defaultZone;
  const start = startOfDay(worker.hireDate, zone);
  const end = accessEndMs(worker, zone);
  const leave = leaveMs(worker, zone);
  const phase = end <= start || nowMs >= end ? 'over' : nowMs < start ? 'ahead' : 'live';
  return {
    phase,
    onLeave: phase === 'live' && leave.from <= nowMs && nowMs < leave.until,
    changesAtMs: earliestAfter(nowMs, phase === 'over' ? [] : [start, end, leave.from, leave.until]),
  };
}

/** When the employment ends, as far as the record says, in milliseconds since 1970; Infinity for no end, or "for ever". */
export function endMs(worker: WorkerAttributes, defaultZone: string): number {
  const end = accessEndMs(worker, worker.timeZone ?? defaultZone);
  return end >= foreverMs ? Infinity : end;
}

function leaveMs(worker: WorkerAttributes, zone: string): { from: number; until: number } {
  const until = worker.leaveUntil === undefined ? Infinity : endOfDay(worker.leaveUntil, zone);
  if (worker.leaveFrom !== undefined) return { from: startOfDay(worker.leaveFrom, zone), until };
  return worker.status === 'on-leave' ? { from: -Infinity, until } : { from: Infinity, until: Infinity };
}

function earliestAfter(nowMs: number, instants: readonly number[]): number | null {
  const ahead = instants.filter((at) => at > nowMs && at < foreverMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}
