import type { AffectedPeople } from '../people/people.exports.js';
import type { Workflow } from '../policy/policy.exports.js';

const here = 'status ne "inactive"';
const endIsKnown = '(accessEndsAt pr or lastWorkingDay pr or terminationDate pr)';

/** For whom a workflow begins when it happens to them. */
export const matchedBy = ({ filter }: Pick<Workflow, 'filter'>): AffectedPeople => ({
  who: 'selected',
  filter: filter === null ? here : `(${filter}) and ${here}`,
});

/** For whom a workflow begins with its definition: of leavers, those whose end HR has stated. */
export function plannedAtOnce({ trigger, enabled, filter }: Workflow): AffectedPeople {
  if (trigger !== 'leaver' || !enabled) return { who: 'nobody' };
  const known = `${here} and ${endIsKnown}`;
  return { who: 'selected', filter: filter === null ? known : `(${filter}) and ${known}` };
}
