import type { Assignment, EndedAssignment } from './access-state.js';
import type { Carried, Delivery, Removal } from './access.events.js';

/** The delivery state over all applications of an assignment. A package without grants has nothing to deliver. */
export function deliveryOf(applications: readonly Carried[]): Delivery {
  const words = new Set(applications.map(({ delivery }) => delivery));
  if (words.has('failed')) return words.has('delivered') ? 'partial' : 'failed';
  if (words.size === 0 || (words.size === 1 && words.has('delivered'))) return 'delivered';
  if ([...words].every((word) => word === 'manual' || word === 'delivered')) return 'manual';
  return words.has('delivering') || words.has('delivered') ? 'delivering' : 'pending';
}

/** The assignment with what carries it in one application now. */
export function withCarried(assignment: Assignment, carried: Carried): Assignment {
  const others = assignment.applications.filter(({ application }) => application !== carried.application);
  return { ...assignment, applications: [...others, carried] };
}

/** The ended assignment with what one application has to remove now. */
export function withRemoval(ended: EndedAssignment, changed: Removal): EndedAssignment {
  const removals = ended.removals.map((one) => (one.application === changed.application ? changed : one));
  return { ...ended, removals };
}
