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

/** A later end of a package that is held. @throws AssignmentNotActive, AssignmentGivenByRule, AssignmentEndRefused */
export function extendedDirectly(
  packageId: string,
  { until, cause }: { readonly until: string; readonly cause: EndCause },
  state: Access,
): Changes {
  const { assignmentId } = heldOf(packageId, state);
  const assignment = endable(assignmentId, state);
  if (assignment.until === undefined)
    throw new AssignmentEndRefused('it has no end: nothing is to be extended', { assignmentId });
  if (until <= assignment.until)
    throw new AssignmentEndRefused(`the new end is not later than ${assignment.until}: give a later one`, {
      assignmentId,
    });
  return { ...noChanges, steps: [{ is: 'end-changed', assignment, until, cause }] };
}

/** The assignment by which somebody holds a package. @throws AssignmentNotActive */
export function heldOf(packageId: string, { assignments }: Access): Assignment {
  const held = assignments.find((one) => one.packageId === packageId);
  if (held !== undefined) return held;
  throw new AssignmentNotActive('the person does not hold this package', { assignmentId: '' });
}

/** An assignment that somebody may end. @throws AssignmentNotActive, AssignmentGivenByRule (the rule would give it again at once) */
function endable(assignmentId: string, state: Access): Assignment {
  const assignment = heldIn(assignmentId, state);
  if (assignment.cause.type !== 'birthright') return assignment;
  const { rule } = assignment.cause;
  throw new AssignmentGivenByRule(`birthright rule ${rule} gives this assignment: change the rule`, {
    assignmentId,
    rule,
  });
}

/** @throws AssignmentNotActive */
export function heldIn(assignmentId: string, state: Access): Assignment {
  const assignment = state.assignments.find((one) => one.assignmentId === assignmentId);
  if (assignment === undefined)
    throw new AssignmentNotActive('the assignment has ended: nothing is left to revoke', { assignmentId });
  return assignment;
}
