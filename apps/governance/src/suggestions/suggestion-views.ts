import type { TitledEntitlement } from '../catalog/catalog.exports.js';
import type { NamedPerson } from '../names/names.exports.js';
import type { Titled } from '../policy/policy.exports.js';
import type { Suggestion } from './suggestion.js';

/** A suggestion, as people see it. */
export interface SuggestionView extends Pick<
  Suggestion,
  'kind' | 'people' | 'holders' | 'explains' | 'precision' | 'coverage'
> {
  readonly id: string;
  readonly application: Titled;
  /** SCIM filter over identities of the rule; null for a package. */
  readonly filter: string | null;
  readonly entitlements: readonly TitledEntitlement[];
}

export interface ProposedPackage extends Titled {
  /** Is there such a package already? */
  readonly exists: boolean;
}

export interface ProposedRule extends Titled {
  readonly filter: string;
}

/** What taking it up would define and change. */
export interface SuggestionPreview extends SuggestionView {
  readonly accessPackage: ProposedPackage;
  /** Null where people get the package as an assignment. */
  readonly birthrightRule: ProposedRule | null;
  /** People whose found access the package takes the place of. */
  readonly replaces: number;
  /** How many would get something that they do not have. */
  readonly gains: number;
  /** The first 500 of those, each with what. */
  readonly gaining: readonly (NamedPerson & { readonly gains: readonly TitledEntitlement[] })[];
}

/** What began when it was taken up. */
export interface TakenUp {
  readonly packageId: string;
  readonly ruleId: string | null;
  /** The job that gives the package by the rule; null where there is no rule, or it was there already. */
  readonly job: string | null;
  /** The bulk change in which the package takes the place of what was found; null where nothing of it was left. */
  readonly bulkChangeId: string | null;
}
