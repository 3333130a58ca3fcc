import { isFoundPackage } from '../policy/policy.exports.js';
import type { AssignmentRevoked } from './access.events.js';
import type { Access, Assignment, Changes, TakenAssignment } from './access-state.js';
import type { BirthrightEvent } from './birthright.events.js';

/** What a leaver had that no rule gave; what an earlier leaving took is forgotten then. */
export function takenBy(
  { data: { assignment, code, revokedAt } }: AssignmentRevoked,
  { taken, assignments }: Pick<Access, 'taken' | 'assignments'>,
): readonly TakenAssignment[] {
  if (code !== 'left') return taken;
  const sameLeaving = taken.filter(({ takenAt }) => takenAt === revokedAt);
  if (assignment.cause.type === 'birthright') return sameLeaving;
  const {
    phase = 'active',
    grace = null,
    reached = {},
    keptFor = null,
  } = assignments.find(({ assignmentId }) => assignmentId === assignment.assignmentId) ?? {};
  const kept = keptFor === null ? {} : { keptFor };
  return [...sameLeaving, { terms: assignment, phase, grace, reached, ...kept, takenAt: revokedAt, offered: false }];
}

/** A new assignment shows that the person is back: what did not come back with it comes back only by a request. */
export const takenAfter = (
  restores: string | undefined,
  { taken }: Pick<Access, 'taken'>,
): readonly TakenAssignment[] =>
  restores === undefined
    ? taken.map((one) => ({ ...one, offered: true }))
    : taken.filter(({ terms }) => terms.assignmentId !== restores);

/** What the manager had kept an assignment in spite of that comes back. */
export const keptBefore = (restores: string | undefined, { taken }: Pick<Access, 'taken'>): Assignment['keptFor'] =>
  taken.find(({ terms }) => terms.assignmentId === restores)?.keptFor ?? null;

/** What decides whether somebody may have again what they had. */
export interface Restoring {
  readonly at: string;
  readonly newId: () => string;
  /** Would the person have it under the rules of today, had they never left? */
  readonly mayHave: (taken: TakenAssignment) => boolean;
}

/**
 * The termination did not hold: what it took comes back with the same end, unless that is past, or the rules of today
 * forbid it. What rules give, they give by themselves.
 */
export function restored({ taken }: Pick<Access, 'taken'>, { at, newId, mayHave }: Restoring): Changes['created'] {
  return taken
    .filter(({ offered }) => !offered)
    .filter((one) => (one.terms.until === undefined || at < one.terms.until) && mayHave(one))
    .filter(({ grace }) => grace === null || at < grace.until)
    .map(({ terms, grace, reached }) => ({
      ...terms,
      reached,
      assignmentId: newId(),
      restores: terms.assignmentId,
      since: terms.since > at ? terms.since : at,
      ...(grace === null ? {} : { grace }),
    }));
}

/** Somebody was hired again: what they had comes back only by a request, and exceptions do not. Said once. */
export function offered(
  identityId: string,
  { taken, takenExceptions = [] }: Pick<Access, 'taken' | 'takenExceptions'>,
  at: string,
): BirthrightEvent[] {
  const assignments = taken.filter((one) => !one.offered).map(({ terms }) => terms.assignmentId);
  if (assignments.length + takenExceptions.length === 0) return [];
  return [{ type: 'FormerAccessOffered', v: 1, data: { identityId, assignments, offeredAt: at } }];
}

/** What somebody had by request before they left, and may ask for again: not what they hold. */
export function formerOf({ taken, assignments }: Pick<Access, 'taken' | 'assignments'>): readonly TakenAssignment[] {
  const held = new Set(assignments.map(({ packageId }: Assignment) => packageId));
  return taken.filter(
    ({ terms, offered: isOffered }) => isOffered && !held.has(terms.packageId) && !isFoundPackage(terms.packageId),
  );
}
