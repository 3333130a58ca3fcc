import {
  type Changes,
  exceptionsNow,
  exclusionsNow,
  type SeparationException,
} from '../assignments/assignments.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import type { Given, KnownPerson } from './given.js';
import { filterResourceOf } from './person-batch.js';
import type { Withheld } from './separated.js';

const noExceptions = { granted: [], withdrawn: [] };
export const noExclusions = { made: [], ended: [] };

/** What decides which packages somebody who is here may have, after the changes that are asked for. */
export interface MayHave {
  readonly exceptions: ReturnType<typeof exceptionsNow>;
  readonly exclusions: ReturnType<typeof exclusionsNow>;
  readonly separation: ReturnType<CatalogSnapshot['separationFor']>;
  /** The person, as filters read them. */
  readonly resource: object;
  readonly conflicts: (packageId: string, others: Iterable<string>) => Withheld['because'];
  /** Is nobody to have this package who has the others? */
  readonly clashes: (packageId: string, others: Iterable<string>) => boolean;
  /** Has somebody revoked it, so that no rule gives it for a time? */
  readonly excluded: (packageId: string) => boolean;
}

/** @param asked with the exceptions that come back */
export function mayHave(
  { identity, access: { state: before } }: KnownPerson,
  catalog: CatalogSnapshot,
  asked: Pick<Changes, 'exceptions' | 'exclusions'> & { readonly restored?: readonly SeparationException[] },
  { at }: Pick<Given, 'at'>,
): MayHave {
  const exceptions = exceptionsNow(before, asked.exceptions ?? noExceptions, at, asked.restored);
  const exclusions = exclusionsNow(before, asked.exclusions ?? noExclusions, at);
  const separation = catalog.separationFor(before.assignments);
  const conflicts: MayHave['conflicts'] = (packageId, others) =>
    separation.conflictsOf(packageId, others, exceptions.rules);
  return {
    exceptions,
    exclusions,
    separation,
    resource: filterResourceOf(identity.state),
    conflicts,
    clashes: (packageId, others) => conflicts(packageId, others).length > 0,
    excluded: (packageId) => exclusions.packages.has(packageId),
  };
}
