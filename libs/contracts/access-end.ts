import { endOfDay } from '#libs/text/calendar-day.js';
import type { WorkerAttributes } from './hr-lifecycle.js';

/** The dates of a worker that end access; the first that is stated counts. */
export type AccessEnd = Pick<WorkerAttributes, 'accessEndsAt' | 'lastWorkingDay' | 'terminationDate'>;

/** First instant without access, in milliseconds since 1970; Infinity while no end is known. */
export function accessEndMs({ accessEndsAt, lastWorkingDay, terminationDate }: AccessEnd, zone: string): number {
  if (accessEndsAt !== undefined) return Date.parse(accessEndsAt);
  const lastDay = lastWorkingDay ?? terminationDate;
  return lastDay === undefined ? Infinity : endOfDay(lastDay, zone);
}

/** A worker for whom somebody answers, and whose employment has an end. Compared without regard to case. */
export const isContractor = ({ employmentType }: Pick<WorkerAttributes, 'employmentType'>): boolean =>
  employmentType?.trim().toLowerCase() === 'contractor';
