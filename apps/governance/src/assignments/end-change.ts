import { AssignmentEndRefused, AssignmentNotActive, AssignmentGivenByRule } from './access.errors.js';
import type { EndCause } from './access.events.js';
import { type Access, type Assignment, type Changes, noChanges } from './access-state.js';

/** An earlier end of an assignment. @throws AssignmentNotActive, AssignmentGivenByRule, AssignmentEndRefused */
export function shorten(
  assignmentId: string,
  { until, at, cause }: { readonly until: string; readonly at: string; readonly cause: EndCause },
  state: Access,
): Changes {
  const assignment = endable(assignmentId, state);
  if (until <= at || until <= assignment.since)
    throw new AssignmentEndRefused('the new end is past, or before the start: give a later one, or revoke', {
      assignmentId,
    });
  if (assignment.until !== undefined && until >= assignment.until)
    throw new AssignmentEndRefused(`the new end is not earlier than ${assignment.until}: give an earlier one`, {
      assignmentId,
    });
  return { ...noChanges, steps: [{ is: 'end-changed', assignment, until, cause }] };
}

/** An assignment that somebody may end. @throws AssignmentNotActive, AssignmentGivenByRule (the rule would give it again at once) */
export function endable(assignmentId: string, state: Access): Assignment {
  const assignment = state.assignments.find((one) => one.assignmentId === assignmentId);
  if (assignment === undefined)
    throw new AssignmentNotActive('the assignment has ended: nothing is left to revoke', { assignmentId });
  if (assignment.cause.type !== 'birthright') return assignment;
  const { rule } = assignment.cause;
  throw new AssignmentGivenByRule(`birthright rule ${rule} gives this assignment: change the rule`, {
    assignmentId,
    rule,
  });
}
