import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { type AccessPackage, later } from '../policy/policy.exports.js';
import { AssignmentRefused, type AssigningCode } from './access.errors.js';
import type { AtOnce } from './access.events.js';

/** What is known of access that is given without a request, before it is given. */
export interface Assigning {
  readonly type: AtOnce['type'];
  readonly packageId: string;
  /** Is the receiver who gives it? */
  readonly own: boolean;
  /** Owns who gives it the package, or administers policies? */
  readonly mayAssign: boolean;
  readonly present: boolean;
  readonly eligible: boolean;
  readonly held: boolean;
  /** Rules of separation of duties that the receiver would violate, with what they have of them, in words. */
  readonly conflicts: readonly string[];
}

/** From when to when; `until` is exclusive, null: without an end. */
export interface AssignedPeriod {
  readonly since: string;
  readonly until: string | null;
}

/** How long the package lets such access last at most; null: without an end. */
export function longestOf(
  type: AtOnce['type'],
  { maxDuration, justInTime, breakGlass }: Pick<AccessPackage, 'maxDuration' | 'justInTime' | 'breakGlass'>,
): string | null {
  return { direct: maxDuration, 'just-in-time': justInTime, 'break-glass': breakGlass }[type];
}

/** @throws AssignmentRefused */
export function refuseAssigning(
  { type, packageId, own, mayAssign, present, eligible, held, conflicts }: Assigning,
  document: AccessPackage,
): void {
  const refusals: readonly (readonly [boolean, AssigningCode])[] = [
    [type === 'direct' && !mayAssign, 'assignment.not_owner'],
    [type === 'direct' && own, 'assignment.own'],
    [type !== 'direct' && !own, 'assignment.not_for_others'],
    [type !== 'direct' && longestOf(type, document) === null, 'assignment.not_offered'],
    [!present || !eligible, 'assignment.not_eligible'],
    [held, 'assignment.already_held'],
    [conflicts.length > 0, 'assignment.incompatible'],
  ];
  const refused = refusals.find(([isSo]) => isSo);
  if (refused !== undefined) throw new AssignmentRefused(refused[1], packageId, conflicts);
}

/** The period of such access. @throws InvalidInput for one that cannot be, or is longer than the package allows */
export function assignedPeriod(
  { startsAt, endsAt }: { readonly startsAt: string | null; readonly endsAt: string | null },
  longest: string | null,
  at: string,
): AssignedPeriod {
  const since = startsAt !== null && startsAt > at ? startsAt : at;
  const latest = longest === null ? null : later(since, longest);
  const problem = periodProblem(since, endsAt, latest, longest);
  if (problem !== null) throw new InvalidInput([problem]);
  return { since, until: endsAt ?? latest };
}

function periodProblem(
  since: string,
  endsAt: string | null,
  latest: string | null,
  longest: string | null,
): ProblemError | null {
  const pointer = '/endsAt';
  if (endsAt === null) return null;
  if (endsAt <= since) return { pointer, detail: 'is not after the start: give a later instant' };
  return latest !== null && endsAt > latest
    ? { pointer, detail: `is later than the package allows (${longest}): give ${latest} or earlier` }
    : null;
}
