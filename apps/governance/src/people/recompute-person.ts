import { type Changes, deriveBirthrights, endAll, timelyChanges } from '../assignments/assignments.exports.js';
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
  const touched = [...asked.revoked, ...asked.steps].map(({ assignment }) => assignment.assignmentId);
  const incompatible = (packageId: string, others: Iterable<string>): string[] =>
    catalog.incompatibleAmong(packageId, others);
  const today = {
    at: given.at,
    onLeave: state.status === 'on-leave',
    incompatible,
    suspends: (packageId: string) => catalog.accessPackage(packageId)?.document.suspendOnLeave === true,
  };
  const timely = timelyChanges(person.access.state, today, new Set(touched));
  const revoked = [...asked.revoked, ...timely.revoked];
  const ending = new Set(revoked.map(({ assignment }) => assignment.assignmentId));
  const requested = new Set(asked.created.map(({ packageId }) => packageId));
  const wanted = catalog.birthrightsOf(filterResourceOf(state)).filter(({ packageId }) => !requested.has(packageId));
  const ruled = deriveBirthrights(
    person.identity.id,
    wanted,
    { ...given, incompatible: (packageId, held) => incompatible(packageId, [...held, ...requested]) },
    person.access.state,
    ending,
  );
  const ended = new Set([...ending, ...ruled.revoked.map(({ assignment }) => assignment.assignmentId)]);
  const changes = {
    created: [...asked.created, ...ruled.created],
    revoked: [...revoked, ...ruled.revoked],
    steps: [...asked.steps, ...timely.steps].filter(({ assignment }) => !ended.has(assignment.assignmentId)),
  };
  return derive(known, changes, catalog, given);
}
