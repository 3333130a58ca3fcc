import { foundIn, suggestedPackages } from './packages.js';
import { suggestedRules } from './rules.js';
import { type Cell, type Condition, mostSuggestions, type Suggestion } from './suggestion.js';

/**
 * What explains most of the found access of one application: first rules by what people have in common, then packages of what the same people
 * hold together.
 * @param privileged keys of entitlements that no rule may give
 */
export function suggest(cells: readonly Cell[], privileged: ReadonlySet<string>): Suggestion[] {
  const { rules, left } = suggestedRules(cells, privileged, mostSuggestions);
  return [...rules, ...suggestedPackages(left, foundIn(cells), mostSuggestions - rules.length)];
}

/** The SCIM filter that the people of a rule match. */
export function filterOf(conditions: readonly Condition[]): string {
  if (conditions.length === 0) return 'id pr';
  return conditions.map(({ attribute, value }) => `${attribute} eq ${JSON.stringify(value)}`).join(' and ');
}
