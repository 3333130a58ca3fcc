import type { Filter } from '#libs/scim/filter/filter.js';

/** What a statement takes from an employed person. */
export type Impact = 'leaving' | 'losing-access';

/** A rule that gives packages to whom its filter finds, as governance last said. */
export interface AccessRule {
  readonly filter: Filter;
  readonly packages: readonly string[];
}
