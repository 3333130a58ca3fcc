import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import type { Assignment } from '../assignments/assignments.exports.js';
import { type AccessPackage, type CatalogSnapshot, later } from '../policy/policy.exports.js';
import type { Asked } from './access-request.js';

/** The problems of a period that is asked for, or that an approver wants. */
export function periodProblems(
  {
    request: { packageId },
    startsAt,
    endsAt,
    extends: extended,
  }: Pick<Asked, 'startsAt' | 'endsAt' | 'extends'> & { readonly request: { readonly packageId: string } },
  catalog: CatalogSnapshot,
  at: string,
): ProblemError[] {
  if (endsAt === null) return [];
  if (endsAt <= at) return [{ pointer: '/endsAt', detail: 'is past: give an instant to come' }];
  if (startsAt !== null && endsAt <= startsAt)
    return [{ pointer: '/endsAt', detail: 'is not after startsAt: give a later instant' }];
  const longest = catalog.accessPackage(packageId)?.document.maxDuration ?? null;
  return longest === null || extended !== null ? [] : lateProblems(endsAt, startsAt ?? at, longest);
}

function lateProblems(endsAt: string, since: string, longest: string): ProblemError[] {
  const latest = later(since, longest);
  if (endsAt <= latest) return [];
  return [{ pointer: '/endsAt', detail: `is later than the package allows (${longest}): give ${latest} or earlier` }];
}

/** The problems of a later end: it must come after the present one, and no later than the package lets it last again. */
export function extensionProblems(
  endsAt: string | null,
  { until }: Pick<Assignment, 'until'>,
  { maxDuration }: Pick<AccessPackage, 'maxDuration'>,
): ProblemError[] {
  if (until === undefined || endsAt === null) return [];
  if (endsAt <= until)
    return [{ pointer: '/endsAt', detail: `is not after the present end ${until}: give a later one` }];
  return maxDuration === null ? [] : lateProblems(endsAt, until, maxDuration);
}

/** @throws InvalidInput for problems */
export function refusePeriod(problems: readonly ProblemError[]): void {
  if (problems.length > 0) throw new InvalidInput(problems);
}
