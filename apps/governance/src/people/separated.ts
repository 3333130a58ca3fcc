import { access, type AccessEvent, findingChanges } from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, later } from '../policy/policy.exports.js';
import type { Person } from './person-batch.js';
import type { Derived } from './derive.js';

/** Adds what becomes of exceptions, and of the violations that are left after all changes. */
export function withSeparation(
  { access: derived, desired }: Derived,
  exceptions: readonly AccessEvent[],
  before: Person['access']['state'],
  { catalog, given }: { catalog: CatalogSnapshot; given: { readonly at: string; readonly newId: () => string } },
): Derived {
  const { separation } = catalog;
  const facts = [...derived, ...exceptions];
  if (separation.isEmpty && before.findings.length === 0) return { access: facts, desired };
  const after = facts.reduce(access.evolve, before);
  const [anything] = [...after.assignments, ...before.assignments];
  if (anything === undefined) return { access: facts, desired };
  const begun = after.assignments.filter(({ phase }) => phase !== 'scheduled');
  const violations = separation
    .among(begun.map(({ packageId }) => packageId))
    .map(({ rule, packages }) => ({ rule, packages, dueAt: later(given.at, separation.dueIn(rule)) }));
  return {
    access: [...facts, ...findingChanges(anything.identityId, violations, after, given)],
    desired,
  };
}
