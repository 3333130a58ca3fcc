import { InvalidInput } from '#libs/problems/problem.js';
import {
  assignedPeriod,
  type AtOnce,
  type Changes,
  exceptedRules,
  extendedDirectly,
  holds,
  longestOf,
  noChanges,
  refuseAssigning,
} from '../assignments/assignments.exports.js';
import {
  type AccessPackage,
  type CatalogSnapshot,
  conflictText,
  isFoundPackage,
  type Versioned,
} from '../policy/policy.exports.js';
import { filterResourceOf, type Person } from './person-batch.js';

/** Access that is given without a request. */
export interface GivenAccess {
  readonly assignmentId: string;
  readonly type: AtOnce['type'];
  readonly packageId: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly reason: string;
}

/** Who gives it, and when. */
export interface Giver {
  /** UUID of the actor. */
  readonly actor: string;
  readonly own: boolean;
  /** Owns the giver the package, or administers policies? */
  readonly mayAssign: boolean;
  readonly at: string;
}

/** Does somebody own a package, by today's catalog and what they hold? */
export function ownsPackage({ identity, access }: Person, packageId: string, catalog: CatalogSnapshot): boolean {
  const active = access.state.assignments.filter(({ phase }) => phase === 'active');
  const holding = active.map((one) => one.packageId);
  if (isFoundPackage(packageId)) return catalog.owners.ownsFound(packageId, identity.id, holding);
  return catalog.owners.packagesOwnedBy(identity.id, holding).includes(packageId);
}

/** The assignment that a person gets without a request. @throws AssignmentRefused, InvalidInput */
export function accessGiven(
  { assignmentId, type, packageId, startsAt, endsAt, reason }: GivenAccess,
  person: Person,
  catalog: CatalogSnapshot,
  { actor, own, mayAssign, at }: Giver,
): Changes {
  const { document, version: packageVersion } = publishedPackage(packageId, catalog);
  refuseAssigning({ ...knownOf(packageId, person, catalog, at), type, packageId, own, mayAssign }, document);
  const { since, until } = assignedPeriod({ startsAt, endsAt }, longestOf(type, document), at);
  const cause = { type, by: actor };
  const terms = { assignmentId, identityId: person.identity.id, packageId, packageVersion, cause, since, reason };
  return { ...noChanges, created: [until === null ? terms : { ...terms, until }] };
}

/**
 * The later end of what a person holds, given without a request: within the package's longest time, and under today's rules.
 * @throws AssignmentRefused, AssignmentNotActive, AssignmentGivenByRule, AssignmentEndRefused, InvalidInput
 */
export function accessExtended(
  { packageId, until }: { readonly packageId: string; readonly until: string },
  person: Person,
  catalog: CatalogSnapshot,
  { actor, own, mayAssign, at }: Giver,
): Changes {
  const { document } = publishedPackage(packageId, catalog);
  const known = knownOf(packageId, person, catalog, at);
  refuseAssigning({ ...known, type: 'direct', packageId, own, mayAssign, held: false }, document);
  assignedPeriod({ startsAt: null, endsAt: until }, longestOf('direct', document), at);
  return extendedDirectly(packageId, { until, cause: { type: 'direct', by: actor } }, person.access.state);
}

/** What is known of a person to whom a package may be given. @throws InvalidInput for an identity that is not known */
export function knownOf(
  packageId: string,
  { identity: { state }, access }: Person,
  catalog: CatalogSnapshot,
  at: string,
): Pick<Parameters<typeof refuseAssigning>[0], 'present' | 'eligible' | 'held' | 'conflicts'> {
  if (state.status === 'absent')
    throw new InvalidInput([{ pointer: '/identityId', detail: 'names no known identity: give the id of an identity' }]);
  const others = access.state.assignments.map((one) => one.packageId).filter((id) => id !== packageId);
  const conflicts = catalog
    .separationFor(access.state.assignments)
    .conflictsOf(packageId, others, exceptedRules(access.state, at));
  return {
    present: state.status !== 'inactive',
    eligible: catalog.isEligible(packageId, filterResourceOf(state)),
    held: holds(packageId, access.state),
    conflicts: conflicts.map((one) => conflictText(packageId, one, 'the person has')),
  };
}

/** @throws InvalidInput */
function publishedPackage(packageId: string, catalog: CatalogSnapshot): Versioned<AccessPackage> {
  const known = catalog.accessPackage(packageId);
  if (known?.document.status === 'published') return known;
  throw new InvalidInput([{ pointer: '/packageId', detail: `names no published access package: ${packageId}` }]);
}
