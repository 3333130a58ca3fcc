import {
  type Changes,
  deriveBirthrights,
  endAll,
  exceptionsNow,
  exceptionsOfLeaver,
  timelyChanges,
} from '../assignments/assignments.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { filterResourceOf, type Person } from './person-batch.js';
import { derive, type Derived } from './derive.js';
import { withSeparation } from './separated.js';

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
  const before = person.access.state;
  if (state.status === 'inactive') {
    const code = state.lockedDown === true ? 'locked_down' : 'left';
    const ended = derive(known, endAll(code, before), catalog, given);
    return withSeparation(ended, exceptionsOfLeaver(before, given.at), before, { catalog, given });
  }
  const touched = [...asked.revoked, ...asked.steps].map(({ assignment }) => assignment.assignmentId);
  const exceptions = exceptionsNow(before, asked.exceptions ?? { granted: [], withdrawn: [] }, given.at);
  const { separation } = catalog;
  const clashes = (packageId: string, others: Iterable<string>): boolean =>
    separation.conflictsOf(packageId, others, exceptions.rules).length > 0;
  const today = {
    at: given.at,
    onLeave: state.status === 'on-leave',
    clashes,
    retired: (packageId: string) => catalog.accessPackage(packageId)?.document.status === 'retired',
    lapsed: (packageIds: readonly string[]) =>
      separation
        .prevented(packageIds, exceptions.rules)
        .filter(({ rule }) => exceptions.lapsed.has(rule))
        .map(({ packages }) => packages),
    suspends: (packageId: string) => catalog.accessPackage(packageId)?.document.suspendOnLeave === true,
  };
  const timely = timelyChanges(before, today, new Set(touched));
  const revoked = [...asked.revoked, ...timely.revoked];
  const ending = new Set(revoked.map(({ assignment }) => assignment.assignmentId));
  const admitted = admittedOf(asked.created, before, ending, clashes);
  const requested = new Set(admitted.map(({ packageId }) => packageId));
  const wanted = catalog.birthrightsOf(filterResourceOf(state)).filter(({ packageId }) => !requested.has(packageId));
  const ruled = deriveBirthrights(
    person.identity.id,
    wanted,
    { ...given, clashes: (packageId, held) => clashes(packageId, [...held, ...requested]) },
    before,
    ending,
  );
  const ended = new Set([...ending, ...ruled.revoked.map(({ assignment }) => assignment.assignmentId)]);
  const changes = {
    created: [...admitted, ...ruled.created],
    revoked: [...revoked, ...ruled.revoked],
    steps: [...asked.steps, ...timely.steps].filter(({ assignment }) => !ended.has(assignment.assignmentId)),
  };
  return withSeparation(derive(known, changes, catalog, given), exceptions.facts, before, { catalog, given });
}

/** Whatever way access comes in: nothing is given beside what excludes it. Who decides has refused it before, in words. */
function admittedOf(
  created: Changes['created'],
  { assignments }: Person['access']['state'],
  ending: ReadonlySet<string>,
  clashes: (packageId: string, others: Iterable<string>) => boolean,
): Changes['created'] {
  const held = new Set(assignments.filter(({ assignmentId: id }) => !ending.has(id)).map((one) => one.packageId));
  return created.filter(({ packageId }) => {
    if (clashes(packageId, held)) return false;
    held.add(packageId);
    return true;
  });
}
