import type { Recorded } from '#libs/event-store/core.js';
import type { Access, Assignment, Step } from './access-state.js';
import type { AssignmentKept, Grace, GraceEvent } from './grace.events.js';

/** What decides whether the grounds of an assignment stand. */
export interface Grounds {
  readonly at: string;
  /** Do the grounds that its grace says are gone stand again? */
  readonly returned: (assignment: Assignment) => boolean;
  /** Nothing goes on without its grounds: to foresee what a change takes in the end. */
  readonly withoutGrace?: boolean;
}

/** Has the time of its grace passed, without that its grounds returned? */
export const graceOver = (assignment: Assignment, { at, returned, withoutGrace }: Grounds): boolean =>
  assignment.grace !== null && (withoutGrace === true || at >= assignment.grace.until) && !returned(assignment);

/** Its grounds have returned: it goes on as before. */
export function returnStep(assignment: Assignment, { returned }: Grounds): Step[] {
  if (assignment.grace === null || !returned(assignment)) return [];
  return [{ is: 'kept', assignment, code: 'grounds_returned', until: assignment.until, reason: null }];
}

/** What a loss of grounds does to these assignments: those with a grace go on for its time, others end. */
export function lossOf(
  lost: readonly Assignment[],
  graceOf: (assignment: Assignment) => Grace | null,
): { readonly ending: readonly Assignment[]; readonly steps: readonly Step[] } {
  const graces = lost.map((assignment) => ({ assignment, grace: assignment.grace ?? graceOf(assignment) }));
  return {
    ending: graces.filter(({ grace }) => grace === null).map(({ assignment }) => assignment),
    steps: graces.flatMap(({ assignment, grace }): Step[] =>
      grace === null || assignment.grace !== null ? [] : [{ is: 'grace-started', assignment, grace }],
    ),
  };
}

export function foldGrace(state: Access, event: GraceEvent): Access {
  const { assignmentId } = event.data.assignment;
  const after = (one: Assignment): Assignment =>
    event.type === 'AssignmentGraceStarted'
      ? { ...one, grace: event.data.grace, graceOrigin: originOf(event) }
      : keptAfter(one, event);
  return {
    ...state,
    assignments: state.assignments.map((one) => (one.assignmentId === assignmentId ? after(one) : one)),
  };
}

/** Null for a fact that is not recorded yet. */
function originOf(event: GraceEvent & Partial<Recorded>): Assignment['graceOrigin'] {
  const { id, correlationId } = event;
  return id === undefined || correlationId === undefined ? null : { causationId: id, correlationId };
}

function keptAfter(one: Assignment, { data: { assignment, code } }: AssignmentKept): Assignment {
  const { until } = assignment;
  const keptFor = code === 'kept_by_manager' ? (one.grace?.code ?? null) : one.keptFor;
  return { ...one, ...(until === undefined ? {} : { until }), grace: null, graceOrigin: null, keptFor };
}
