import { access, type AccessEvent, findingChanges, withheldChanges } from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, later } from '../policy/policy.exports.js';
import type { Person } from './person-batch.js';
import type { Derived } from './derive.js';

/** What a rule gives and separation of duties withholds. */
export type Withheld = Parameters<typeof withheldChanges>[1][number];

interface Surroundings {
  readonly identityId: string;
  readonly catalog: CatalogSnapshot;
  readonly given: { readonly at: string; readonly newId: () => string };
  readonly withheld: readonly Withheld[];
}

/** Adds what becomes of exceptions and exclusions, what is withheld, and the violations that are left after all changes. */
export function withSeparation(
  { access: derived, desired }: Derived,
  others: readonly AccessEvent[],
  before: Person['access']['state'],
  { catalog, given, withheld, identityId }: Surroundings,
): Derived {
  const facts = [...derived, ...others, ...withheldChanges(identityId, withheld, before, given)];
  if (catalog.separation.isEmpty && before.findings.length === 0) return { access: facts, desired };
  const after = facts.reduce(access.evolve, before);
  const separation = catalog.separationFor(after.assignments);
  const begun = after.assignments.filter(({ phase }) => phase !== 'scheduled');
  const violations = separation
    .among(begun.map(({ packageId }) => packageId))
    .map(({ rule, packages }) => ({ rule, packages, dueAt: later(given.at, separation.dueIn(rule)) }));
  return { access: [...facts, ...findingChanges(identityId, violations, after, given)], desired };
}
