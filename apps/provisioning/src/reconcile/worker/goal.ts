import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { entitlementFields, isAccount } from '#libs/contracts/entitlement.js';
import type { Attributes, DesiredVersion } from '../../accounts/account.events.js';
import { Mapping, type MappingRule } from '../../accounts/mapping.js';
import type { Goal, Policy } from '../../accounts/plan.js';
import type { ConnectorDocument } from '../../connectors/connector-document.js';

/** The connector's mapping, ready to be applied. */
export function mappingOf({ mapping, mappingDefaults }: ConnectorDocument): Mapping {
  const rules = mapping.map<MappingRule>(({ target, apply, type, source, value, default: otherwise }) => ({
    target,
    apply,
    value: (attributes) => (type === 'constant' ? value : (valueOf(attributes, source ?? '') ?? otherwise)),
  }));
  return new Mapping(rules, mappingDefaults);
}

/** Of the identity: a field, or `custom.NAME`. */
function valueOf(attributes: Attributes, source: string): unknown {
  const [name = '', part] = source.split('.', 2);
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (part === undefined || typeof value !== 'object' || value === null) return value;
  return Object.hasOwn(value, part) ? (value as Attributes)[part] : undefined;
}

export function policyOf({ deprovision, onDisable }: ConnectorDocument): Policy {
  return { ...deprovision, onDisable };
}

/** What the account should be, from the newest desired access. */
export function goalOf(body: DesiredAccessMessage, version: DesiredVersion, mapping: Mapping): Goal {
  const [account] = body.accounts;
  const active = account?.active === true;
  const { always, initial } = active ? mapping.apply(account.attributes) : { always: {}, initial: {} };
  return {
    version,
    active,
    leaver: body.status === 'leaver',
    because: body.entitlements.find(isAccount)?.because ?? [],
    entitlements: active
      ? body.entitlements
          .filter((one) => !isAccount(one))
          .map((one) => ({ entitlement: entitlementFields(one), because: one.because }))
      : [],
    attributes: always,
    initial,
  };
}
