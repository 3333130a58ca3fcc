import { entitlementKey } from '#libs/contracts/entitlement.js';
import type { Grant } from '#libs/contracts/catalog.js';
import {
  AssignmentNotActive,
  AssignmentRefused,
  type Changes,
  isUncertified,
  noChanges,
} from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, foundGrant } from '../policy/policy.exports.js';
import { accessGiven, type Giver, knownOf } from './given-access.js';
import { filterResourceOf, type Person } from './person-batch.js';

/** A package that takes the place of what was found. */
export interface Replacement {
  readonly assignmentId: string;
  readonly packageId: string;
  readonly reason: string;
}

/**
 * What a package gives is held by it from now on, and no longer as found: by a rule where one gives it, else as an assignment. What somebody has
 * certified stays as it is.
 * @throws AssignmentNotActive where nothing of it is held as found, AssignmentRefused or InvalidInput where the person may not have the package
 */
export function foundReplaced(
  { assignmentId, packageId, reason }: Replacement,
  person: Person,
  catalog: CatalogSnapshot,
  giver: Giver,
): Changes {
  if (!giver.mayAssign) throw new AssignmentRefused('assignment.not_owner', packageId, []);
  const granted = new Set(catalog.grantsOf(packageId).map(keyOf));
  const found = person.access.state.assignments.filter((one) => {
    const grant = foundGrant(one.packageId);
    return isUncertified(one) && grant !== null && granted.has(keyOf(grant));
  });
  if (found.length === 0)
    throw new AssignmentNotActive('the person holds nothing of this package as found', { assignmentId: '' });
  const revoked = found.map((assignment) => ({ assignment, code: 'replaced' as const, reason }));
  const { held, conflicts } = knownOf(packageId, person, catalog, giver.at);
  if (held) return { ...noChanges, revoked };
  const given = { assignmentId, type: 'direct', packageId, startsAt: null, endsAt: null, reason } as const;
  if (!isByRule(packageId, person, catalog, giver.at))
    return { ...accessGiven(given, person, catalog, giver), revoked };
  if (conflicts.length > 0) throw new AssignmentRefused('assignment.incompatible', packageId, conflicts);
  return { ...noChanges, revoked };
}

/** Gives a rule the package to this person, by what is recomputed in the same step? @throws AssignmentRefused where somebody excluded it */
function isByRule(packageId: string, { identity, access }: Person, catalog: CatalogSnapshot, at: string): boolean {
  if (identity.state.status === 'absent') return false;
  const rules = catalog.birthrightsOf(filterResourceOf(identity.state), at);
  if (rules.every((one) => one.packageId !== packageId)) return false;
  if (access.state.exclusions.some((one) => one.packageId === packageId))
    throw new AssignmentRefused('assignment.not_eligible', packageId, []);
  return true;
}

const keyOf = (grant: Grant): string => `${grant.application} ${entitlementKey(grant)}`;
