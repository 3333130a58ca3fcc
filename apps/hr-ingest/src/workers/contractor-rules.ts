import { accessEndMs, isContractor } from '#libs/contracts/access-end.js';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { startOfDay } from '#libs/text/calendar-day.js';
import type { FieldProblem } from './worker-rules.js';

/** What contractors are checked against. */
export interface ContractorTerms {
  readonly nowMs: number;
  readonly defaultZone: string;
  /** How far away the end of a contractor may be, in days; 0: contractors need neither a sponsor nor an end. */
  readonly maxDays: number;
}

const dayMs = 86_400_000;

/**
 * A contractor who works here, or will, needs a sponsor and an end within the days that are configured. What HR stated
 * before is not refused for what was wrong with it then, and nothing that ends access earlier is refused.
 * @param known the record before; null for somebody new
 */
export function contractorProblems(
  worker: WorkerAttributes,
  known: WorkerAttributes | null,
  terms: ContractorTerms,
): FieldProblem[] {
  const { nowMs, defaultZone, maxDays } = terms;
  const zone = worker.timeZone ?? defaultZone;
  const end = accessEndMs(worker, zone);
  if (maxDays === 0 || !isContractor(worker) || end <= Math.max(nowMs, startOfDay(worker.hireDate, zone))) return [];
  const before = known === null || !isContractor(known) ? null : known;
  return [...sponsorProblems(worker, before), ...endProblems(worker, before, terms)];
}

function sponsorProblems({ sponsorId, employeeId }: WorkerAttributes, before: WorkerAttributes | null): FieldProblem[] {
  const field = 'sponsorId';
  if (sponsorId === employeeId) return [{ field, detail: 'is the contractor: give the employeeId of somebody else' }];
  if (sponsorId !== undefined || (before !== null && before.sponsorId === undefined)) return [];
  return [{ field, detail: 'is missing: a contractor needs the employeeId of the person who answers for them' }];
}

function endProblems(
  worker: WorkerAttributes,
  before: WorkerAttributes | null,
  { nowMs, defaultZone, maxDays }: ContractorTerms,
): FieldProblem[] {
  const zone = worker.timeZone ?? defaultZone;
  const end = accessEndMs(worker, zone);
  if (before !== null && end <= accessEndMs(before, before.timeZone ?? defaultZone)) return [];
  const latest = Math.max(nowMs, startOfDay(worker.hireDate, zone)) + (maxDays + 1) * dayMs;
  if (end <= latest) return [];
  const field = endField(worker);
  const until = new Date(latest - dayMs).toISOString().slice(0, 10);
  return end === Infinity
    ? [{ field, detail: `is missing: a contractor needs an end, ${until} at the latest` }]
    : [{ field, detail: `is more than ${maxDays} days away: give ${until} or earlier, and extend it later` }];
}

const endField = ({ accessEndsAt, lastWorkingDay }: WorkerAttributes): string =>
  accessEndsAt !== undefined ? 'accessEndsAt' : lastWorkingDay !== undefined ? 'lastWorkingDay' : 'terminationDate';
