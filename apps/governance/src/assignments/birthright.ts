import { isDeepStrictEqual } from 'node:util';
import { later } from '#libs/text/duration.js';
import type { AssignmentTerms } from './access.events.js';
import type { Access, Assignment, Changes, ExclusionChanges, Step } from './access-state.js';
import type {
  BirthrightEvent,
  BirthrightExclusion,
  BirthrightExclusionEnded,
  ExclusionEndCode,
  WithheldBirthright,
} from './birthright.events.js';
import { lossOf } from './grace.js';

/** A package a rule gives. */
export interface Birthright {
  readonly packageId: string;
  readonly packageVersion: number;
  readonly rule: string;
  /** The end of the exception that allows it. */
  readonly until?: string;
  /** Who holds it keeps it; it is given to nobody any more. */
  readonly onlyKept?: true;
}

/** What decides which of the packages that rules give a person gets. */
export interface BirthrightGiven {
  readonly newId: () => string;
  readonly at: string;
  /** Is nobody to have this package who has the others? */
  readonly clashes: (packageId: string, others: Iterable<string>) => boolean;
  /** Has somebody revoked it, so that no rule gives it for a time? */
  readonly excluded: (packageId: string) => boolean;
  /** Until when a rule lets somebody keep its package who no longer matches; null: not at all. */
  readonly graceUntil: (given: { readonly rule: string; readonly packageId: string }) => string | null;
}

/**
 * The assignments that rules create and end. A package is held once: a person who holds it by request gets it by rule
 * only after the request's assignment ends.
 * @param ending assignments that end for another reason in the same step
 */
export function deriveBirthrights(
  identityId: string,
  wanted: readonly Birthright[],
  given: BirthrightGiven,
  state: Access,
  ending: ReadonlySet<string> = new Set(),
): Changes {
  const lost = state.assignments.filter((one) => !ending.has(one.assignmentId) && !stillGiven(one, wanted));
  const replaced = lost.filter(({ packageId }) => wanted.some((one) => one.packageId === packageId));
  const { ending: over, steps } = lossOf(
    lost.filter((one) => !replaced.includes(one)),
    ({ cause, packageId }) => {
      const until = cause.type === 'birthright' ? given.graceUntil({ rule: cause.rule, packageId }) : null;
      return until === null ? null : { code: 'rule_no_longer_matches', until, decides: 'nobody' };
    },
  );
  const revoked = lost
    .filter((one) => replaced.includes(one) || over.includes(one))
    .map((assignment) => ({ assignment, code: 'rule_no_longer_matches' as const, reason: null }));
  const gone = new Set([...ending, ...revoked.map(({ assignment }) => assignment.assignmentId)]);
  const held = new Set(state.assignments.filter((one) => !gone.has(one.assignmentId)).map((one) => one.packageId));
  const created: AssignmentTerms[] = [];
  for (const { packageId, packageVersion, rule, until } of wanted.filter((one) => one.onlyKept !== true)) {
    // Not given while the person holds the other package, or is excluded.
    if (held.has(packageId) || given.excluded(packageId) || given.clashes(packageId, held)) continue;
    held.add(packageId);
    const cause = { type: 'birthright', rule } as const;
    const terms = { assignmentId: given.newId(), identityId, packageId, packageVersion, cause, since: given.at };
    created.push(until === undefined ? terms : { ...terms, until });
  }
  const staying = state.assignments.filter(({ assignmentId }) => !gone.has(assignmentId));
  return { created, revoked, steps: [...steps, ...staying.flatMap((one) => endStep(one, wanted))] };
}

/** The exception of its rule has another end than before. */
function endStep(assignment: Assignment, wanted: readonly Birthright[]): Step[] {
  const { cause, packageId, until } = assignment;
  if (cause.type !== 'birthright') return [];
  const now = wanted.find((one) => one.packageId === packageId && one.rule === cause.rule);
  if (now === undefined || now.until === until) return [];
  return [{ is: 'end-changed', assignment, until: now.until ?? null, cause: { type: 'rule', rule: cause.rule } }];
}

/** Does a rule still give it, or did none? */
export function stillGiven({ cause, packageId }: Assignment, wanted: readonly Birthright[]): boolean {
  if (cause.type !== 'birthright') return true;
  return wanted.some((birthright) => birthright.packageId === packageId && birthright.rule === cause.rule);
}

/** How long no rule gives again what somebody revoked, unless they say. */
const usualExclusion = 'P90D';

/** What keeps rules from giving again what somebody revokes. */
export type Excluding = Pick<BirthrightExclusion, 'exclusionId' | 'excludedBy' | 'until'>;

/** The exclusion that follows where somebody revokes what a rule gives. @param until null: as long as usual */
export const excluding = (
  exclusionId: string,
  { by, at, until }: { readonly by: string; readonly at: string; readonly until: string | null },
): Excluding => ({ exclusionId, excludedBy: by, until: until ?? later(at, usualExclusion) });

/** The exclusions of somebody at an instant. */
export interface ExclusionsNow {
  readonly packages: ReadonlySet<string>;
  readonly facts: readonly BirthrightEvent[];
}

/** What time, and what was decided elsewhere, makes of somebody's exclusions. They outlast a leaving. */
export function exclusionsNow(
  { exclusions }: Pick<Access, 'exclusions'>,
  { made, ended }: ExclusionChanges,
  at: string,
): ExclusionsNow {
  const over = (one: BirthrightExclusion): boolean => one.until <= at || ended.includes(one.exclusionId);
  const lasting = [...exclusions.filter((one) => !over(one)), ...made];
  return {
    packages: new Set(lasting.map(({ packageId }) => packageId)),
    facts: [
      ...exclusions.filter(over).map((one) => exclusionEnded(one, one.until <= at ? 'expired' : 'ended_early', at)),
      ...made.map(({ reason, ...exclusion }): BirthrightEvent => {
        const personal = { reason: { subject: exclusion.identityId, fields: { reason } } };
        return { type: 'BirthrightExcluded', v: 1, data: { ...exclusion, excludedAt: at }, personal };
      }),
    ],
  };
}

const exclusionEnded = (
  exclusion: BirthrightExclusion,
  code: ExclusionEndCode,
  endedAt: string,
): BirthrightExclusionEnded => ({ type: 'BirthrightExclusionEnded', v: 1, data: { ...exclusion, code, endedAt } });

/** What rules give and separation of duties withholds now: each is stated once, until it ends. */
export function withheldChanges(
  identityId: string,
  now: readonly Pick<WithheldBirthright, 'packageId' | 'rule' | 'because'>[],
  { withheld }: Pick<Access, 'withheld'>,
  { at, newId }: { readonly at: string; readonly newId: () => string },
): BirthrightEvent[] {
  const ended = withheld.filter((known) => !now.some(({ packageId }) => packageId === known.packageId));
  const stated = now.flatMap((one): WithheldBirthright[] => {
    const known = withheld.find(({ packageId }) => packageId === one.packageId);
    const { withheldId, withheldAt } = known ?? { withheldId: newId(), withheldAt: at };
    const next: WithheldBirthright = { withheldId, identityId, ...one, withheldAt };
    return isDeepStrictEqual(next, known) ? [] : [next];
  });
  return [
    ...ended.map((one): BirthrightEvent => ({
      type: 'BirthrightWithholdingEnded',
      v: 1,
      data: { ...one, endedAt: at },
    })),
    ...stated.map((data): BirthrightEvent => ({ type: 'BirthrightWithheld', v: 1, data })),
  ];
}

export function foldBirthright(state: Access, event: BirthrightEvent): Access {
  const { exclusions, withheld } = state;
  switch (event.type) {
    case 'BirthrightExcluded': {
      const { excludedAt: _, ...exclusion } = event.data;
      return { ...state, exclusions: [...exclusions, exclusion] };
    }
    case 'BirthrightExclusionEnded':
      return { ...state, exclusions: exclusions.filter((one) => one.exclusionId !== event.data.exclusionId) };
    case 'BirthrightWithheld':
      return { ...state, withheld: [...otherWithheld(state, event.data), event.data] };
    case 'BirthrightWithholdingEnded':
      return { ...state, withheld: otherWithheld({ withheld }, event.data) };
    case 'FormerAccessOffered':
      return { ...state, taken: state.taken.map((one) => ({ ...one, offered: true })), takenExceptions: [] };
  }
}

const otherWithheld = (
  { withheld }: Pick<Access, 'withheld'>,
  { withheldId }: WithheldBirthright,
): WithheldBirthright[] => withheld.filter((one) => one.withheldId !== withheldId);
