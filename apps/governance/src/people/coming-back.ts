import { type Changes, offered, restored } from '../assignments/assignments.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { isFoundPackage, isLive } from '../policy/policy.exports.js';
import type { Derived } from './derive.js';
import { isRescinded } from './move.js';
import type { Given, KnownPerson } from './given.js';

/**
 * What somebody who comes back gets of what the leaving took: all that the rules of today allow, where the termination did
 * not hold; nothing where they were hired again, because then it is asked for.
 */
export function comesBack(
  { identity: { id, state }, access }: KnownPerson,
  catalog: CatalogSnapshot,
  resource: object,
  { at, newId, formerly }: Given,
): { readonly created: Changes['created']; readonly facts: Derived['access'] } {
  if (formerly?.status !== 'inactive' || access.state.taken.length === 0) return { created: [], facts: [] };
  if (!isRescinded(formerly, state)) return { created: [], facts: offered(id, access.state, at) };
  const mayHave = (packageId: string): boolean => {
    if (isFoundPackage(packageId)) return true;
    const known = catalog.accessPackage(packageId)?.document;
    return known !== undefined && isLive(known) && catalog.isEligible(packageId, resource);
  };
  return { created: restored(access.state, { at, newId, mayHave }), facts: [] };
}
