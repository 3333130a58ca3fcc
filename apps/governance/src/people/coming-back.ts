import {
  type Changes,
  offered,
  restored,
  restoredExceptions,
  type TakenAssignment,
} from '../assignments/assignments.exports.js';
import type { AccessPackage, CatalogSnapshot } from '../policy/policy.exports.js';
import { isFoundPackage, isLive } from '../policy/policy.exports.js';
import type { Derived } from './derive.js';
import { isRescinded } from './move.js';
import type { Given, KnownPerson } from './given.js';
import { filterResourceOf } from './person-batch.js';

/** What comes back with a person. */
interface ComingBack {
  readonly created: Changes['created'];
  readonly exceptions: ReturnType<typeof restoredExceptions>;
  readonly facts: Derived['access'];
}

const nothing: ComingBack = { created: [], exceptions: [], facts: [] };

/**
 * What somebody who comes back gets of what the leaving took: all that the rules of today allow, where the termination did
 * not hold; nothing where they were hired again, because then it is asked for.
 */
export function comesBack(
  { identity: { id, state }, access }: KnownPerson,
  catalog: CatalogSnapshot,
  { at, newId, formerly }: Given,
): ComingBack {
  if (formerly?.status !== 'inactive') return nothing;
  if (!isRescinded(formerly, state)) return { ...nothing, facts: offered(id, access.state, at) };
  const resource = filterResourceOf(state);
  const mayHave = (taken: TakenAssignment): boolean => {
    const { packageId } = taken.terms;
    if (isFoundPackage(packageId)) return true;
    const document = catalog.accessPackage(packageId)?.document;
    if (document === undefined || !isLive(document)) return false;
    if (catalog.isEligible(packageId, resource)) return true;
    return !catalog.isEligible(packageId, filterResourceOf(formerly)) && staysWithout(document, taken);
  };
  const created = restored(access.state, { at, newId, mayHave });
  return { ...nothing, created, exceptions: restoredExceptions(access.state, at) };
}

/** May its holder, who was not eligible before, go on with it: by its package, in its grace, or by the manager's word? */
const staysWithout = ({ eligibilityLost }: AccessPackage, { grace, keptFor }: TakenAssignment): boolean =>
  eligibilityLost === 'keep' || grace?.code === 'not_eligible' || keptFor === 'not_eligible';
