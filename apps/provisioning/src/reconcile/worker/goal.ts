import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { compareEntitlements, entitlementFields, isAccount } from '#libs/contracts/entitlement.js';
import type { DesiredVersion, Goal, Mapping, Occasion, Policy } from '../../accounts/accounts.exports.js';
import type { ConnectorDocument } from '../../connectors/connectors.exports.js';

export function policyOf({ deprovision, onDisable }: ConnectorDocument): Policy {
  return { ...deprovision, onDisable };
}

const nothingMapped = { always: {}, initial: {}, fault: null };

/** What the account should be, from the newest desired access. */
export function goalOf(
  body: DesiredAccessMessage,
  version: DesiredVersion,
  mapping: Mapping,
  occasion: Occasion,
): Goal {
  const [account] = body.accounts;
  const active = account?.active === true;
  const { always, initial, fault } = active ? mapping.apply(account.attributes, occasion) : nothingMapped;
  return {
    version,
    active,
    leaver: body.status === 'leaver',
    because: body.entitlements.find(isAccount)?.because ?? [],
    entitlements: active
      ? body.entitlements
          .filter((one) => !isAccount(one))
          .map((one) => ({ entitlement: entitlementFields(one), because: one.because }))
          .sort((one, other) => compareEntitlements(one.entitlement, other.entitlement))
      : [],
    attributes: always,
    initial,
    fault,
  };
}
