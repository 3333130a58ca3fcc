import type { RecordedFact } from '#libs/event-store/core.js';
import type { AccessEvent } from '../assignments/assignments.exports.js';
import type { Link } from './link.js';

/** What became of an assignment after it began, as far as that says why its holder has what it gives. */
export interface LaterStep {
  readonly event: string;
  readonly type: string;
  readonly at: string;
  /** The versions of packages that reached its holder. */
  readonly versions: readonly { readonly id: string; readonly version: number }[];
  /** Its end from then on; null: none. */
  readonly until: string | null;
  /** What led to it. */
  readonly chain: readonly Link[];
}

type Later = Extract<
  RecordedFact<AccessEvent>,
  {
    readonly type:
      | 'AssignmentStarted'
      | 'AssignmentSuspended'
      | 'AssignmentResumed'
      | 'AssignmentExtended'
      | 'AssignmentEndChanged'
      | 'AssignmentGraceStarted'
      | 'AssignmentKept'
      | 'AssignmentVersionReached'
      | 'AssignmentMoving'
      | 'AssignmentCertified';
  }
>;

const laterTypes: ReadonlySet<string> = new Set<Later['type']>([
  'AssignmentStarted',
  'AssignmentSuspended',
  'AssignmentResumed',
  'AssignmentExtended',
  'AssignmentEndChanged',
  'AssignmentGraceStarted',
  'AssignmentKept',
  'AssignmentVersionReached',
  'AssignmentMoving',
  'AssignmentCertified',
]);

const isLater = (fact: RecordedFact<AccessEvent>): fact is Later => laterTypes.has(fact.type);

/** The facts of these assignments after their beginning, oldest first. */
export const laterFacts = (assignmentIds: ReadonlySet<string>, access: readonly RecordedFact<AccessEvent>[]): Later[] =>
  access.filter(isLater).filter(({ data }) => assignmentIds.has(data.assignment.assignmentId));

/** What became of one assignment, oldest first. */
export const laterSteps = (
  assignmentId: string,
  access: readonly RecordedFact<AccessEvent>[],
  typeOf: (fact: RecordedFact) => string,
  chainFrom: (id: string) => readonly Link[],
): LaterStep[] =>
  laterFacts(new Set([assignmentId]), access).map((fact) => ({
    event: fact.id,
    type: typeOf(fact),
    at: fact.occurredAt,
    versions:
      fact.type === 'AssignmentVersionReached'
        ? Object.entries(fact.data.reached).map(([id, version]) => ({ id, version }))
        : [],
    until: fact.data.assignment.until ?? null,
    chain: chainFrom(fact.id),
  }));
