import { entitlementFields } from '#libs/contracts/entitlement.js';
import {
  type AccessEvent,
  type Assignment,
  assignmentCreated,
  assignmentRevoked,
  type Carried,
  carriedAgain,
  type Changes,
  type DesiredStep,
  grantedAgain,
  type Removal,
  type Step,
  reachedAtFirst,
  removalOf,
  withdrawnOf,
  stepFact,
} from '../assignments/assignments.exports.js';
import type { Grant } from '#libs/contracts/catalog.js';
import type { CatalogSnapshot, Reached } from '../policy/policy.exports.js';
import {
  carriedOtherwise,
  desire,
  type DesiredAccessChanged,
  desiredMessageOf,
  type Justification,
} from '../desired-access/desired-access.exports.js';
import type { KnownIdentity } from '../identities/identities.exports.js';
import { mappingAttributesOf, type Person } from './person-batch.js';

export interface Derived {
  readonly access: readonly AccessEvent[];
  readonly desired: readonly DesiredAccessChanged[];
}

/** When it is derived, and what workflows do with the accounts of the person. */
export interface DerivedAt {
  readonly at: string;
  readonly epoch: number;
  /** All accounts are only to be disabled, before the person leaves. */
  readonly disables?: boolean;
  /** The accounts of a leaver are to be deleted. */
  readonly deletes?: boolean;
}

/**
 * The facts that follow from a change of assignments, attributes or catalog: assignments that start and end, desired
 * access that differs from the newest message, which desired access contains which assignment, and what must be removed
 * for ended assignments.
 */
export function derive(
  person: Person & { readonly identity: { readonly state: KnownIdentity } },
  changes: Changes,
  catalog: CatalogSnapshot,
  { at, epoch, disables, deletes }: DerivedAt,
): Derived {
  const revoked = new Set(changes.revoked.map(({ assignment }) => assignment.assignmentId));
  const kept = person.access.state.assignments.filter(({ assignmentId }) => !revoked.has(assignmentId));
  const beginning = new Set(changes.steps.filter(begins).map(({ assignment }) => assignment.assignmentId));
  const away = (packageId: string): boolean =>
    person.identity.state.status === 'on-leave' && catalog.accessPackage(packageId)?.document.suspendOnLeave === true;
  const begun = changes.created.filter(({ since, packageId }) => since <= at && !away(packageId));
  const giving = [...stillGiving(kept, changes), ...begun];
  const reached = reachedAfter(changes);
  const grantsOf = (one: Giving): readonly Grant[] => catalog.grantsTo(one.packageId, reached(one));
  const justifications = giving.flatMap((one) => justificationsOf(one, grantsOf(one)));
  const deliveryOf = deliveryAtFirst(giving, catalog);
  const withdrawn = withdrawnBy(person.access.state.ended, changes.revoked);
  const carriedIn = (one: Giving): Carried[] =>
    [...new Set(grantsOf(one).map(({ application }) => application))].map(
      (application) =>
        carried.get(one.assignmentId)?.get(application) ??
        waiting(application, deliveryOf(application, one.assignmentId)),
    );
  const byApplication = Map.groupBy(justifications, ({ application }) => application);
  const attributes = mappingAttributesOf(person.identity.state);
  const desired: DesiredAccessChanged[] = [];
  const steps: DesiredStep[] = [];
  const carried = new Map<string, Map<string, Carried>>();
  for (const application of [...new Set([...byApplication.keys(), ...person.desired.keys()])].sort()) {
    const before = person.desired.get(application);
    const newest = before?.state ?? null;
    const { identityId, status } = person.identity.state;
    const wanted = {
      identityId,
      application,
      status: signInOf(status, disables),
      deletes: deletionOf(disables, deletes),
      attributes,
      sources: catalog.sourcesOf(application),
      justifications: byApplication.get(application) ?? [],
      withdrawn: withdrawn.get(application),
    };
    for (const fact of desire(wanted, newest)) {
      desired.push(fact);
      const after = desiredMessageOf(fact);
      const step = stepOf(application, epoch, before, after.entitlements);
      steps.push(step);
      const { sequence } = step;
      for (const [assignmentId, holds] of carriedOtherwise(newest, after)) {
        const known = carried.get(assignmentId) ?? new Map<string, Carried>();
        const waits = !holds && wanted.justifications.some((one) => one.assignmentId === assignmentId);
        const now: Carried = { application, epoch, sequence, delivery: deliveryOf(application, assignmentId) };
        carried.set(
          assignmentId,
          known.set(application, waits ? waiting(application, deliveryOf(application, assignmentId)) : now),
        );
      }
    }
  }
  return {
    access: [
      ...steps.flatMap((step) => grantedAgain(step, person.access.state)),
      ...changes.revoked.map((one) => assignmentRevoked(one, at, removalsOf(one, steps))),
      ...changes.steps.map((step) => stepFact(step, begins(step) ? carriedIn(step.assignment) : [], at)),
      ...changes.created.map((terms) => assignmentCreated(terms, carriedIn(terms), begun.includes(terms))),
      ...kept
        .filter((one) => giving.includes(one) && !beginning.has(one.assignmentId))
        .flatMap((assignment) => carriedFurther(assignment, carried.get(assignment.assignmentId))),
    ],
    desired,
  };
}

const begins = ({ is }: Step): boolean => is === 'started' || is === 'resumed';

/** The assignments that were held before and give something after these changes. */
function stillGiving(kept: readonly Assignment[], { steps }: Changes): readonly Assignment[] {
  const phases = new Map<string, Assignment['phase']>();
  for (const step of steps)
    if (begins(step)) phases.set(step.assignment.assignmentId, 'active');
    else if (step.is === 'suspended') phases.set(step.assignment.assignmentId, 'suspended');
  return kept.filter((one) => (phases.get(one.assignmentId) ?? one.phase) === 'active');
}

/** A workflow that disables all accounts makes them those of somebody who has left. */
const signInOf = (status: KnownIdentity['status'], disables = false): KnownIdentity['status'] =>
  disables ? 'inactive' : status;

/** Undefined: as the connector says. */
const deletionOf = (disables = false, deletes = false): boolean | undefined =>
  disables || deletes ? !disables : undefined;

function stepOf(
  application: string,
  epoch: number,
  before: ReturnType<Person['desired']['get']>,
  after: DesiredStep['after'],
): DesiredStep {
  const sequence = (before?.version ?? 0) + 1;
  return { application, epoch, sequence, before: before?.state?.entitlements ?? [], after };
}

function removalsOf(
  { assignment: { assignmentId, applications }, code }: Changes['revoked'][number],
  steps: readonly DesiredStep[],
): Removal[] {
  // A reading showed that it is gone.
  if (code === 'no_longer_there') return [];
  return steps
    .map((step) => {
      const carried = applications.find(({ application }) => application === step.application);
      return removalOf(assignmentId, carried?.delivery !== 'pending', step);
    })
    .filter(({ items }) => items.length > 0);
}

/** An assignment, or one that begins. */
type Giving = Assignment | Changes['created'][number];

/** The versions that an assignment has after these changes. */
function reachedAfter({ steps }: Changes): (one: Giving) => Reached {
  const raised = new Map(
    steps.flatMap((step): [string, Reached][] =>
      step.is === 'version-reached' ? [[step.assignment.assignmentId, step.reached]] : [],
    ),
  );
  return (one) => ({ ...reachedAtFirst(one, one.reached), ...raised.get(one.assignmentId) });
}

function justificationsOf(
  { assignmentId, packageId }: Giving,
  granted: readonly Grant[],
): (Justification & { readonly application: string })[] {
  const grants = Map.groupBy(granted, ({ application }) => application);
  return [...grants].map(([application, grantedHere]) => ({
    application,
    assignmentId,
    packageId,
    entitlements: grantedHere.map(entitlementFields),
  }));
}

/** One fact for each application; each starts from the state after the former. */
function carriedFurther(assignment: Assignment, carried: ReadonlyMap<string, Carried> | undefined): AccessEvent[] {
  let now = assignment;
  return [...(carried?.values() ?? [])].map((one) => {
    const fact = carriedAgain(now, one);
    now = {
      ...now,
      applications: [...now.applications.filter(({ application }) => application !== one.application), one],
    };
    return fact;
  });
}

/** No desired access carries it yet. */
const waiting = (application: string, delivery: Carried['delivery']): Carried => ({
  application,
  epoch: null,
  sequence: null,
  delivery,
});

/** How far the delivery of each assignment is at first: what was found is there already. */
function deliveryAtFirst(
  giving: readonly Giving[],
  catalog: CatalogSnapshot,
): (application: string, assignmentId: string) => Carried['delivery'] {
  const found = new Set(giving.filter(({ cause }) => cause.type === 'as-found').map((one) => one.assignmentId));
  return (application, assignmentId) => (found.has(assignmentId) ? 'delivered' : deliveryIn(application, catalog));
}

/** By application. */
const withdrawnBy = (...ended: Parameters<typeof withdrawnOf>): ReadonlyMap<string, ReturnType<typeof withdrawnOf>> =>
  Map.groupBy(withdrawnOf(...ended), ({ application }) => application);

/** How far a delivery is at first. */
const deliveryIn = (application: string, catalog: CatalogSnapshot): Carried['delivery'] =>
  catalog.isManual(application) ? 'manual' : 'pending';
