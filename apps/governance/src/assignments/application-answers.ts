import { isDeepStrictEqual } from 'node:util';
import type { AssignmentDeliveryChanged, AssignmentRemovalChanged, Carried, Removal } from './access.events.js';
import { carriedAgain } from './access-facts.js';
import type { Access, EndedAssignment } from './access-state.js';
import { withRemoval } from './delivery.js';
import { removalAfter, removalUnder, removalWord, type DesiredStep, type RemovalAnswer } from './removal.js';

/** What an application answered about the desired access of one sequence. */
export interface ApplicationAnswer {
  readonly application: string;
  readonly epoch: number;
  readonly sequence: number;
  /** `pending`: the delivery is uncertain again. */
  readonly outcome: Carried['delivery'];
  /** The assignments that it is about; null: all that this desired access contains. */
  readonly because: readonly string[] | null;
  /** It was delivered before, and was removed since. */
  readonly isWithdrawn?: true;
  /** What the application said when it refused. */
  readonly words?: string;
}

/** Applies answers about the delivery of assignments. Older answers and repeats change nothing. */
export function takeAnswer(answer: ApplicationAnswer, state: Access): AssignmentDeliveryChanged[] {
  return state.assignments.flatMap((assignment) => {
    if (assignment.phase !== 'active') return [];
    const carried = assignment.applications.find(({ application }) => application === answer.application);
    if (carried === undefined || isOlder(answer, carried)) return [];
    if (answer.because !== null && !answer.because.includes(assignment.assignmentId)) return [];
    if (carried.delivery === answer.outcome) return [];
    const undoes = answer.outcome === 'pending' || answer.isWithdrawn === true;
    if (carried.delivery === 'delivered' && !undoes) return [];
    return [carriedAgain(assignment, { ...carried, delivery: answer.outcome }, answer.words)];
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

/** Somebody gave or took by hand what this application has to give or take for one assignment; nothing where nothing waits. */
export function confirmedByHand(
  assignmentId: string,
  application: string,
  { assignments, ended }: Access,
): (AssignmentDeliveryChanged | AssignmentRemovalChanged)[] {
  const held = assignments.find((one) => one.assignmentId === assignmentId && one.phase === 'active');
  const carried = held?.applications.find((one) => one.application === application && one.delivery === 'manual');
  if (held !== undefined && carried !== undefined) return [carriedAgain(held, { ...carried, delivery: 'delivered' })];
  const gone = (removal: Removal): Removal =>
    removal.application === application
      ? { ...removal, items: removal.items.map((item) => ({ ...item, removal: 'done' as const })) }
      : removal;
  return ended
    .filter((one) => one.assignment.assignmentId === assignmentId)
    .flatMap((one) => removalChanges(one, gone));
}

/** The facts of an ended assignment whose removals are other ones now. */
export function removalChanges(
  ended: EndedAssignment,
  next: (removal: Removal) => Removal,
): AssignmentRemovalChanged[] {
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
