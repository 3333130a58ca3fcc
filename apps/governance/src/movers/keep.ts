import { AssignmentNotActive, type Access, type Changes, noChanges } from '../assignments/assignments.exports.js';
import { NotForReview } from './movers.errors.js';

/** What the manager says of one assignment: `shorten` gives it another end. */
export type KeepDecision =
  | { readonly decision: 'keep' | 'drop'; readonly until: null; readonly reason: string }
  | { readonly decision: 'shorten'; readonly until: string; readonly reason: string };

/**
 * Keeps, shortens or drops an assignment that waits for the manager's word.
 * @throws AssignmentNotActive, NotForReview
 */
export function decideOnKept(assignmentId: string, { decision, until, reason }: KeepDecision, state: Access): Changes {
  const assignment = state.assignments.find((one) => one.assignmentId === assignmentId);
  if (assignment === undefined)
    throw new AssignmentNotActive('the assignment has ended: nothing is left to decide', { assignmentId });
  if (assignment.grace?.decides !== 'manager')
    throw new NotForReview('the assignment does not wait for a decision of the manager', { assignmentId });
  if (decision === 'drop') return { ...noChanges, revoked: [{ assignment, code: 'dropped_by_manager', reason }] };
  const end = until ?? assignment.until;
  return { ...noChanges, steps: [{ is: 'kept', assignment, code: 'kept_by_manager', until: end, reason }] };
}
