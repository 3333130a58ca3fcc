import type { AccountTerms, Policy } from '../accounts/accounts.exports.js';
import type { ConnectorDocument } from '../connectors/connectors.exports.js';
import { attributesRead, compileRest } from '../targets/targets.exports.js';
import { placeOf } from '../places/places.exports.js';

/** What of a connector's document decides what enforcing does. */
export interface PreviewTerms extends AccountTerms {
  readonly deprovision: Omit<Policy, 'onDisable'>;
  readonly onDisable: Policy['onDisable'];
  /** Packages name groups by id, or by name. */
  readonly groups: Pick<ConnectorDocument['groups'], 'mode'>;
  /** Fingerprint of the address and the credentials. */
  readonly place: string;
  /** Attributes that an API of its own takes; null: all. */
  readonly taken: readonly string[] | null;
}

export function previewTermsOf(document: ConnectorDocument): PreviewTerms {
  const { mapping, mappingDefaults, scope, matching, deprovision, onDisable, defaultDomain, pull, groups } = document;
  return {
    mapping,
    mappingDefaults,
    scope,
    matching,
    deprovision,
    onDisable,
    defaultDomain,
    pull,
    groups: { mode: groups.mode },
    place: placeOf(document),
    taken: takenBy(document),
  };
}

/** What the bodies of a described API do not name is never sent. */
function takenBy({ protocol, rest }: ConnectorDocument): readonly string[] | null {
  if (protocol !== 'rest' || rest === null) return null;
  const { description } = compileRest(rest, 'everything');
  const accounts = description?.accounts ?? null;
  return accounts === null ? null : ['externalId', ...attributesRead(accounts).map(([, source]) => source)];
}
