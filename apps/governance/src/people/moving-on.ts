import { isDeepStrictEqual } from 'node:util';
import { type Access, type Changes, hasMoved, type Step } from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, later } from '../policy/policy.exports.js';
import type { Given } from './given.js';

type Assignment = Access['assignments'][number];
type Birthright = ReturnType<CatalogSnapshot['birthrightsOf']>[number];

/** What becomes of what somebody holds of retired packages. */
export interface MovingOn {
  /** Does it end now, because its package is retired? */
  readonly ends: (assignment: Assignment) => boolean;
  /** What rules go on to give until the successor is delivered. */
  readonly kept: readonly (Birthright & { readonly onlyKept: true })[];
  /** Successors of what was asked for or assigned. @param ending what ends for another reason */
  readonly created: (ending: ReadonlySet<string>) => Changes['created'];
  /**
   * What waited for a successor that somebody ends now, or that ends with the grounds that both have. What a rule gave, the rule goes on with.
   * @param decided what somebody ends
   * @param ending that, and what ends for another reason
   */
  readonly left: (decided: ReadonlySet<string>, ending: ReadonlySet<string>) => Changes['revoked'];
  readonly steps: readonly Step[];
}

/** What decides whether somebody may have the successor. */
interface Surroundings {
  readonly resource: object;
  readonly birthrights: readonly Birthright[];
  /** Is nobody to have this package who has the others? */
  readonly clashes: (packageId: string, others: Iterable<string>) => boolean;
  /** Has somebody revoked it, so that no rule gives it for a time? */
  readonly excluded: (packageId: string) => boolean;
}

interface Move {
  readonly assignment: Assignment;
  readonly to: string;
}

/**
 * The successor of a retired package comes first, and what its holder had ends once the successor is delivered; at once where it
 * gives nothing now, or where its holder may not have the successor.
 */
export function movingOn(
  { assignments }: Access,
  catalog: CatalogSnapshot,
  around: Surroundings,
  given: Given,
): MovingOn {
  const moves = assignments.flatMap((assignment): Move[] => {
    const to = catalog.successorOf(assignment.packageId);
    return to === null ? [] : [{ assignment, to }];
  });
  const going = moves.filter((move) => mayMove(move, assignments, catalog, around));
  const waiting = going.filter(
    ({ assignment, to }) =>
      given.withoutGrace !== true &&
      assignment.phase === 'active' &&
      !hasMoved({ ...assignment, movesTo: to }, { assignments }),
  );
  const waits = (one: Assignment): boolean => waiting.some(({ assignment }) => assignment === one);
  return {
    ends: (one) => catalog.accessPackage(one.packageId)?.document.status === 'retired' && !waits(one),
    kept: waiting.flatMap(({ assignment: { packageId, packageVersion, cause, until } }) =>
      cause.type === 'birthright'
        ? [{ packageId, packageVersion, rule: cause.rule, onlyKept: true, ...(until === undefined ? {} : { until }) }]
        : [],
    ),
    created: (ending) =>
      firstOfEach(going)
        .filter(({ assignment: { assignmentId, cause } }) => cause.type !== 'birthright' && !ending.has(assignmentId))
        .filter(({ to }) => assignments.every((one) => one.packageId !== to || ending.has(one.assignmentId)))
        .map(({ assignment, to }) => successorTerms(assignment, to, catalog, given)),
    left: (decided, ending) =>
      waiting
        .filter(({ assignment, to }) => {
          const next = assignments.find(({ packageId }) => packageId === to);
          if (next === undefined || assignment.cause.type === 'birthright' || ending.has(assignment.assignmentId))
            return false;
          const follows = isDeepStrictEqual(next.cause, assignment.cause);
          return decided.has(next.assignmentId) || (follows && ending.has(next.assignmentId));
        })
        .map(({ assignment }) => ({ assignment, code: 'package_retired' as const, reason: null })),
    steps: waiting.flatMap(({ assignment, to }): Step[] =>
      assignment.movesTo === to ? [] : [{ is: 'moving', assignment, to }],
    ),
  };
}

/** Has the holder the successor, or may they have it beside what they hold? What a rule gave moves as far as the rule goes on. */
function mayMove(
  { assignment: { cause }, to }: Move,
  assignments: readonly Assignment[],
  catalog: CatalogSnapshot,
  { resource, birthrights, clashes, excluded }: Surroundings,
): boolean {
  const held = assignments.map(({ packageId }) => packageId);
  const mayHave = held.includes(to) || !clashes(to, held);
  if (cause.type !== 'birthright') return mayHave && (held.includes(to) || catalog.isEligible(to, resource));
  return mayHave && !excluded(to) && birthrights.some(({ packageId, rule }) => packageId === to && rule === cause.rule);
}

const firstOfEach = (moves: readonly Move[]): Move[] => [
  ...new Map(moves.toReversed().map((one) => [one.to, one])).values(),
];

/** It has the grounds and the end of what it follows, within the time that its own package allows. */
function successorTerms(
  { identityId, cause, since: begun, until: end, grace }: Assignment,
  packageId: string,
  catalog: CatalogSnapshot,
  { at, newId }: Given,
): Changes['created'][number] {
  const { version = 0, document } = catalog.accessPackage(packageId) ?? {};
  const since = begun > at ? begun : at;
  const longest = document?.maxDuration ?? null;
  const ends = [...(end === undefined ? [] : [end]), ...(longest === null ? [] : [later(since, longest)])].sort();
  const [until] = ends;
  const terms = { assignmentId: newId(), identityId, packageId, packageVersion: version, cause, since };
  return { ...terms, ...(until === undefined ? {} : { until }), ...(grace === null ? {} : { grace }) };
}
