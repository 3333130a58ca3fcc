import type { AccountTerms, Policy } from '../accounts/accounts.exports.js';
import type { ConnectorDocument } from '../connectors/connectors.exports.js';
import { placeOf } from '../places/places.exports.js';

/** What of a connector's document decides what enforcing does. */
export interface PreviewTerms extends AccountTerms {
  readonly deprovision: Omit<Policy, 'onDisable'>;
  readonly onDisable: Policy['onDisable'];
  /** Packages name groups by id, or by name. */
  readonly groups: Pick<ConnectorDocument['groups'], 'mode'>;
  /** Fingerprint of the address and the credentials. */
  readonly place: string;
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
  };
}
