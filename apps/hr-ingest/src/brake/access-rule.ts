import { workerKeys } from '#libs/contracts/hr-lifecycle.js';
import { FilterSet } from '#libs/scim/filter/filter-set.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import type { FilterSchema } from '#libs/scim/filter/matches.js';

/** What a statement takes from an employed person. */
export type Impact = 'leaving' | 'losing-access';

/** A rule that gives packages to whom its filter finds, as governance last said. */
export interface AccessRule {
  readonly filter: Filter;
  readonly packages: readonly string[];
}

/** All rules: finds the packages of each rule that a person matches. */
export type GivenPackages = FilterSet<readonly string[]>;

const keys: FilterSchema = { caseExact: new Set([...workerKeys].map((name) => name.toLowerCase())) };

/** Prepares rules, so that only those are tried on a person which can match. */
export const givenPackages = (rules: readonly AccessRule[]): GivenPackages =>
  new FilterSet(
    rules.map(({ filter, packages }) => ({ filter, value: packages })),
    keys,
  );
