import { isDeepStrictEqual } from 'node:util';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { AssignmentGivenByRule, AssignmentNotActive } from './access.errors.js';
import type {
  AccessEvent,
  AssignmentCreated,
  AssignmentDeliveryChanged,
  AssignmentRemovalChanged,
  AssignmentRevoked,
  AssignmentTerms,
  Carried,
  Delivery,
  Removal,
  RevocationCode,
} from './access.events.js';
import { removalAfter, removalUnder, removalWord, type DesiredStep, type RemovalAnswer } from './removal.js';

/** What one identity holds now, and ended assignments whose removal is not verified. */
export interface Access {
  readonly assignments: readonly Assignment[];
  readonly ended: readonly EndedAssignment[];
}

/** An ended assignment, until everything that it gave is known to be gone. */
export interface EndedAssignment {
  readonly assignment: AssignmentTerms;
  readonly code: RevocationCode;
  readonly delivery: Delivery;
  readonly revokedAt: string;
  readonly removals: readonly Removal[];
}

export const noAccess: Access = { assignments: [], ended: [] };

export interface Assignment extends AssignmentTerms {
  readonly applications: readonly Carried[];
}

export const access: Fold<Access, AccessEvent> = {
  version: 1,
  initial: noAccess,
  evolve: (state, event) => {
    switch (event.type) {
      case 'AssignmentCreated': {
        const { assignment, applications } = event.data;
        return { ...state, assignments: [...state.assignments, { ...assignment, applications }] };
      }
      case 'AssignmentRevoked': {
        const { assignment, code, delivery, revokedAt, removals = [] } = event.data;
        const ended = { assignment, code, delivery, revokedAt, removals };
        return {
          assignments: without(state, assignment.assignmentId),
          ended: removalWord(removals) === 'done' ? state.ended : [...state.ended, ended],
        };
      }
      case 'AssignmentRemovalChanged': {
        const { assignment, changed, removal } = event.data;
        const isIt = (one: EndedAssignment): boolean => one.assignment.assignmentId === assignment.assignmentId;
        return {
          ...state,
          ended:
            removal === 'done'
              ? state.ended.filter((one) => !isIt(one))
              : state.ended.map((one) => (isIt(one) ? withRemoval(one, changed) : one)),
        };
      }
      case 'AssignmentDeliveryChanged': {
        const { assignment, carried } = event.data;
        return {
          ...state,
          assignments: state.assignments.map((one) =>
            one.assignmentId === assignment.assignmentId ? withCarried(one, carried) : one,
          ),
        };
      }
      default:
        return unreachable(event);
    }
  },
};

/** What lies in a row is the state of somebody's access. */
export const isAccess = hasShape<Access>({ assignments: 'list', ended: 'list' });

/** A package a rule gives. */
export interface Birthright {
  readonly packageId: string;
  readonly packageVersion: number;
  readonly rule: string;
}

/** A decided assignment, before it is known which desired access contains it. */
export interface Changes {
  readonly created: readonly AssignmentTerms[];
  readonly revoked: readonly {
    readonly assignment: Assignment;
    readonly code: RevocationCode;
    readonly reason: string | null;
  }[];
}

export const noChanges: Changes = { created: [], revoked: [] };

/**
 * The assignments that rules create and end. A package is held once: a person who holds it by request gets it by rule
 * only after the request's assignment ends.
 * @param ending assignments that end for another reason in the same step
 */
export function deriveBirthrights(
  identityId: string,
  wanted: readonly Birthright[],
  given: { newId: () => string; at: string },
  state: Access,
  ending: ReadonlySet<string> = new Set(),
): Changes {
  const revoked = state.assignments
    .filter((one) => !ending.has(one.assignmentId) && !stillGiven(one, wanted))
    .map((assignment) => ({ assignment, code: 'rule_no_longer_matches' as const, reason: null }));
  const gone = new Set([...ending, ...revoked.map(({ assignment }) => assignment.assignmentId)]);
  const held = new Set(state.assignments.filter((one) => !gone.has(one.assignmentId)).map((one) => one.packageId));
  const created: AssignmentTerms[] = [];
  for (const { packageId, packageVersion, rule } of wanted) {
    if (held.has(packageId)) continue;
    held.add(packageId);
    const cause = { type: 'birthright', rule } as const;
    created.push({ assignmentId: given.newId(), identityId, packageId, packageVersion, cause, since: given.at });
  }
  return { created, revoked };
}

/** Everything ends with the identity's last employment. */
export function endAll(state: Access): Changes {
  return { created: [], revoked: state.assignments.map((assignment) => ({ assignment, code: 'left', reason: null })) };
}

/** @throws AssignmentNotActive, AssignmentGivenByRule (the rule would give it again at once) */
export function revoke(assignmentId: string, reason: string, state: Access): Changes {
  const assignment = state.assignments.find((one) => one.assignmentId === assignmentId);
  if (assignment === undefined) {
    throw new AssignmentNotActive('the assignment has ended: nothing is left to revoke', { assignmentId });
  }
  if (assignment.cause.type === 'birthright') {
    const { rule } = assignment.cause;
    throw new AssignmentGivenByRule(`birthright rule ${rule} gives this assignment: change the rule`, {
      assignmentId,
      rule,
    });
  }
  return { created: [], revoked: [{ assignment, code: 'revoked_by_administrator', reason }] };
}

export function holds(packageId: string, state: Access): boolean {
  return state.assignments.some((one) => one.packageId === packageId);
}

export function assignmentCreated(assignment: AssignmentTerms, applications: readonly Carried[]): AssignmentCreated {
  return { type: 'AssignmentCreated', v: 1, data: { assignment, applications } };
}

export function assignmentRevoked(
  { assignment, code, reason }: Changes['revoked'][number],
  revokedAt: string,
  removals: readonly Removal[],
): AssignmentRevoked {
  const delivery = deliveryOf(assignment.applications);
  return {
    type: 'AssignmentRevoked',
    v: 1,
    data: { assignment: termsOf(assignment), code, delivery, revokedAt, removals },
    personal: { reason: { subject: assignment.identityId, fields: reason === null ? {} : { reason } } },
  };
}

/** A new message contains an assignment in another form than before: the application must deliver it again. */
export function carriedAgain(assignment: Assignment, carried: Carried): AssignmentDeliveryChanged {
  return deliveryChanged(assignment, carried);
}

/** What an application answered about the desired access of one sequence. */
export interface ApplicationAnswer {
  readonly application: string;
  readonly epoch: number;
  readonly sequence: number;
  /** `pending`: the delivery is uncertain again. */
  readonly outcome: Carried['delivery'];
  /** Assignments it concerns; null: all that the sequence carried. */
  readonly because: readonly string[] | null;
}

/** Applies answers about the delivery of assignments. Older answers and repeats change nothing. */
export function takeAnswer(answer: ApplicationAnswer, state: Access): AssignmentDeliveryChanged[] {
  return state.assignments.flatMap((assignment) => {
    const carried = assignment.applications.find(({ application }) => application === answer.application);
    if (carried === undefined || isOlder(answer, carried)) return [];
    if (answer.because !== null && !answer.because.includes(assignment.assignmentId)) return [];
    if (carried.delivery === answer.outcome) return [];
    if (carried.delivery === 'delivered' && answer.outcome !== 'pending') return [];
    return [deliveryChanged(assignment, { ...carried, delivery: answer.outcome })];
  });
}

/** Is the answer about an older message than the one that carries the assignment, if any does? */
function isOlder(answer: ApplicationAnswer, { epoch, sequence }: Carried): boolean {
  if (sequence === null || epoch === null) return true;
  return answer.epoch < epoch || (answer.epoch === epoch && answer.sequence < sequence);
}

/** Applies answers about the removal of ended assignments. Older answers and repeats change nothing. */
export function takeRemoval(answer: RemovalAnswer, state: Access): AssignmentRemovalChanged[] {
  return state.ended.flatMap((ended) => removalChanges(ended, (removal) => removalAfter(answer, removal)));
}

/** Something that is desired again need not be removed. */
export function grantedAgain({ application, after }: DesiredStep, state: Access): AssignmentRemovalChanged[] {
  return state.ended.flatMap((ended) =>
    removalChanges(ended, (removal) => (removal.application === application ? removalUnder(after, removal) : removal)),
  );
}

function removalChanges(ended: EndedAssignment, next: (removal: Removal) => Removal): AssignmentRemovalChanged[] {
  const facts: AssignmentRemovalChanged[] = [];
  let now = ended;
  for (const removal of ended.removals) {
    const changed = next(removal);
    if (isDeepStrictEqual(changed, removal)) continue;
    now = withRemoval(now, changed);
    const { assignment, code, delivery, revokedAt, removals } = now;
    const data = { assignment, code, delivery, revokedAt, changed, removal: removalWord(removals) };
    facts.push({ type: 'AssignmentRemovalChanged', v: 1, data });
  }
  return facts;
}

/** The delivery state over all applications of an assignment. A package without grants has nothing to deliver. */
export function deliveryOf(applications: readonly Carried[]): Delivery {
  const words = new Set(applications.map(({ delivery }) => delivery));
  if (words.has('failed')) return words.has('delivered') ? 'partial' : 'failed';
  if (words.size === 0 || (words.size === 1 && words.has('delivered'))) return 'delivered';
  return words.has('delivering') || words.has('delivered') ? 'delivering' : 'pending';
}

function deliveryChanged(assignment: Assignment, carried: Carried): AssignmentDeliveryChanged {
  const { applications } = withCarried(assignment, carried);
  return {
    type: 'AssignmentDeliveryChanged',
    v: 1,
    data: { assignment: termsOf(assignment), carried, delivery: deliveryOf(applications) },
  };
}

function withCarried(assignment: Assignment, carried: Carried): Assignment {
  const others = assignment.applications.filter(({ application }) => application !== carried.application);
  return { ...assignment, applications: [...others, carried] };
}

function withRemoval(ended: EndedAssignment, changed: Removal): EndedAssignment {
  const removals = ended.removals.map((one) => (one.application === changed.application ? changed : one));
  return { ...ended, removals };
}

function stillGiven({ cause, packageId }: Assignment, wanted: readonly Birthright[]): boolean {
  if (cause.type === 'request') return true;
  return wanted.some((birthright) => birthright.packageId === packageId && birthright.rule === cause.rule);
}

function termsOf({ assignmentId, identityId, packageId, packageVersion, cause, since }: Assignment): AssignmentTerms {
  return { assignmentId, identityId, packageId, packageVersion, cause, since };
}

const without = ({ assignments }: Access, assignmentId: string): Assignment[] =>
  assignments.filter((one) => one.assignmentId !== assignmentId);
