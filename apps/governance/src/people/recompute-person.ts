import { type Changes, deriveBirthrights, endAll } from '../assignments/assignments.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { filterResourceOf, type Person } from './person-batch.js';
import { derive, type Derived } from './derive.js';

/** What a decision takes from outside: ids for new assignments, the instant, and the epoch of its facts. */
export interface Given {
  readonly newId: () => string;
  readonly at: string;
  readonly epoch: number;
}

/**
 * The facts that update the assignments and desired access of a person to a catalog. Used for real changes and for
 * proposed ones.
 * @param asked changes decided elsewhere, made together with those that rules make
 */
export function recomputePerson(person: Person, catalog: CatalogSnapshot, asked: Changes, given: Given): Derived {
  const { state } = person.identity;
  if (state.status === 'absent') return { access: [], desired: [] };
  const known = { ...person, identity: { ...person.identity, state } };
  if (state.status === 'inactive') return derive(known, endAll(person.access.state), catalog, given);
  const ending = new Set(asked.revoked.map(({ assignment }) => assignment.assignmentId));
  const requested = new Set(asked.created.map(({ packageId }) => packageId));
  const wanted = catalog.birthrightsOf(filterResourceOf(state)).filter(({ packageId }) => !requested.has(packageId));
  const ruled = deriveBirthrights(person.identity.id, wanted, given, person.access.state, ending);
  const changes = { created: [...asked.created, ...ruled.created], revoked: [...asked.revoked, ...ruled.revoked] };
  return derive(known, changes, catalog, given);
}
