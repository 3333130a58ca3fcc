import {
  type Access,
  type Changes,
  deriveBirthrights,
  endAll,
  exceptionsOfLeaver,
  exclusionsNow,
  noChanges,
  stillGiven,
  timelyChanges,
} from '../assignments/assignments.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { mayHave, noExclusions } from './may-have.js';
import type { Person } from './person-batch.js';
import { derive, type Derived } from './derive.js';
import { comesBack } from './coming-back.js';
import type { Given, KnownPerson } from './given.js';
import { reachingVersions } from './reaching.js';
import { movingOn } from './moving-on.js';
import { lostGrounds } from './lost-grounds.js';
import { withSeparation, type Withheld } from './separated.js';
import { type WorkflowChanges, workflowChanges } from './workflow-steps.js';

/** Of somebody who has no access: nothing is given. */
const nothing = { resource: {}, clashes: () => true, excluded: () => true };

/**
 * The facts that update the assignments and desired access of a person to a catalog. Used for real changes and for
 * proposed ones.
 * @param asked changes decided elsewhere, made together with those that rules make
 */
export function recomputePerson(person: Person, catalog: CatalogSnapshot, asked: Changes, given: Given): Derived {
  const { state } = person.identity;
  if (state.status === 'absent') return { access: [], desired: [] };
  const known = { ...person, identity: { ...person.identity, state } };
  const { identityId } = state;
  const before = person.access.state;
  if (state.status === 'inactive') {
    const code = state.lockedDown === true ? 'locked_down' : 'left';
    const flows = workflowChanges(withNothing(known), catalog, nothing, given);
    const ended = derive(known, endAll(code, before), catalog, { ...given, ...flows.effects });
    const others = [
      ...exceptionsOfLeaver(before, given.at),
      ...exclusionsNow(before, noExclusions, given.at).facts,
      ...flows.facts([], ended.desired),
    ];
    return withSeparation(ended, others, before, { catalog, given, withheld: [], identityId });
  }
  const { changes, others, withheld, flows } = changesOfPresent(known, catalog, asked, given);
  const derived = derive(known, changes, catalog, { ...given, ...flows.effects });
  const facts = [...others, ...flows.facts(changes.created, derived.desired)];
  return withSeparation(derived, facts, before, {
    catalog,
    given,
    withheld,
    identityId,
  });
}

/** Everything ends for another reason. */
const withNothing = (person: KnownPerson): KnownPerson => ({
  ...person,
  access: { ...person.access, state: { ...person.access.state, assignments: [] } },
});

/** What changes for somebody who is here. */
function changesOfPresent(
  person: KnownPerson,
  catalog: CatalogSnapshot,
  asked: Changes,
  given: Given,
): {
  readonly changes: Changes;
  readonly others: Derived['access'];
  readonly withheld: readonly Withheld[];
  readonly flows: WorkflowChanges;
} {
  const before = person.access.state;
  const back = comesBack(person, catalog, given);
  const may = mayHave(person, catalog, { ...asked, restored: back.exceptions }, given);
  const { exceptions, exclusions, separation, conflicts, clashes, resource, excluded } = may;
  const flows = workflowChanges(person, catalog, may, given);
  const decided = [...asked.revoked, ...flows.revoked];
  const touched = [...decided, ...asked.steps].map(({ assignment }) => assignment.assignmentId);
  const byRules = catalog.birthrightsOf(resource, given.at);
  const moving = movingOn(before, catalog, { resource, birthrights: byRules, clashes, excluded }, given);
  const birthrights = [...byRules, ...moving.kept];
  const grounds = lostGrounds(person, catalog, resource, given);
  const today = {
    ...given,
    onLeave: person.identity.state.status === 'on-leave',
    clashes,
    returned: (one: Access['assignments'][number]) => stillGiven(one, birthrights) && grounds.returned(one),
    retired: moving.ends,
    lapsed: (packageIds: readonly string[]) =>
      separation
        .prevented(packageIds, exceptions.rules)
        .filter(({ rule }) => exceptions.lapsed.has(rule))
        .map(({ packages }) => packages),
    suspends: (packageId: string) => catalog.accessPackage(packageId)?.document.suspendOnLeave === true,
  };
  const timely = timelyChanges(before, today, new Set(touched));
  const lost = grounds.changes(new Set([...touched, ...idsOf(timely.revoked)]));
  const others = [...decided, ...timely.revoked, ...lost.revoked];
  const left = moving.left(idsOf(decided), idsOf(others));
  const revoked = [...others, ...left];
  const ending = idsOf(revoked);
  const otherwise = idsOf([...others.filter(({ code }) => code !== 'package_retired'), ...left]);
  const admitted = admittedOf(
    [...asked.created, ...back.created, ...moving.created(otherwise), ...flows.created],
    before,
    ending,
    clashes,
  );
  const requested = new Set(admitted.map(({ packageId }) => packageId));
  const wanted = birthrights.filter(({ packageId }) => !requested.has(packageId));
  const ruled = deriveBirthrights(
    person.identity.id,
    wanted,
    {
      ...given,
      clashes: (packageId, held) => clashes(packageId, [...held, ...requested]),
      excluded,
      graceUntil: (one) => (given.withoutGrace === true ? null : catalog.graceUntil(one, given.at)),
    },
    before,
    ending,
  );
  const ended = new Set([...ending, ...idsOf(ruled.revoked)]);
  const stays = before.assignments.filter(({ assignmentId }) => !ended.has(assignmentId));
  const versions = reachingVersions({ staying: stays, created: [...admitted, ...ruled.created] }, before, {
    ...{ catalog, resource, at: given.at },
    excepted: exceptions.rules,
  });
  const { created } = versions;
  const steps = [...asked.steps, ...timely.steps, ...lost.steps, ...ruled.steps, ...versions.steps, ...moving.steps];
  const held = new Set([...stays, ...created].map(({ packageId }) => packageId));
  return {
    changes: {
      ...noChanges,
      created,
      revoked: [...revoked, ...ruled.revoked],
      steps: steps.filter(({ assignment }) => !ended.has(assignment.assignmentId)),
    },
    others: [...exceptions.facts, ...exclusions.facts, ...back.facts],
    flows,
    withheld: byRules
      .filter(({ packageId }) => !requested.has(packageId) && !held.has(packageId) && !excluded(packageId))
      .map(({ packageId, rule }) => ({ packageId, rule, because: conflicts(packageId, held) })),
  };
}

const idsOf = (revoked: Changes['revoked']): ReadonlySet<string> =>
  new Set(revoked.map(({ assignment }) => assignment.assignmentId));

/** Whatever way access comes in: nothing is given beside what excludes it. Who decides has refused it before, in words. */
function admittedOf(
  created: Changes['created'],
  { assignments }: Person['access']['state'],
  ending: ReadonlySet<string>,
  clashes: (packageId: string, others: Iterable<string>) => boolean,
): Changes['created'] {
  const held = new Set(assignments.filter(({ assignmentId: id }) => !ending.has(id)).map((one) => one.packageId));
  return created.filter(({ packageId, cause }) => {
    if (cause.type === 'workflow' && held.has(packageId)) return false;
    // It is there already: a finding says what it violates.
    if (cause.type !== 'as-found' && clashes(packageId, held)) return false;
    held.add(packageId);
    return true;
  });
}
