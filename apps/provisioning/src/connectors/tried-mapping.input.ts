import { InvalidInput } from '#libs/problems/problem.js';
import type { AccountTerms } from '../accounts/accounts.exports.js';
import type { ConnectorView } from './connectors.query.js';
import { mappingEntriesOf, scopeProblems } from './mapping-entries.js';
import type { TriedMappingDto } from './tried-mapping.dto.js';

/** A mapping and a scope in place of those of a connector; what is absent stays. */
export type TriedMapping = { readonly [Field in keyof TriedMappingDto]: TriedMappingDto[Field] };

/** The terms of a connector with what somebody tries in their place. @throws InvalidInput */
export function triedTerms(connector: ConnectorView, tried: TriedMapping): AccountTerms {
  const mappingDefaults = tried.mappingDefaults ?? connector.mappingDefaults;
  const sensitive = tried.sensitive ?? connector.sensitive;
  const defaultDomain = tried.defaultDomain ?? connector.defaultDomain;
  const { entries, problems } = mappingEntriesOf(tried.mapping ?? [], { mappingDefaults, sensitive, defaultDomain });
  const faults = [...problems, ...scopeProblems(tried.scope)];
  if (faults.length > 0) throw new InvalidInput(faults);
  return {
    mapping: tried.mapping === undefined ? connector.mapping : entries,
    mappingDefaults,
    scope: tried.scope === undefined ? connector.scope : tried.scope,
    matching: connector.matching,
    defaultDomain,
    pull: connector.pull,
  };
}
