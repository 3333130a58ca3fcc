import { entitlementKey } from '#libs/contracts/entitlement.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { AccountEvent } from '../accounts/accounts.exports.js';
import { decided, type DriftDecision } from '../drift/drift.exports.js';
import type { HeldThere } from './outcome.js';

/** Whose account loses what by which preview. */
export interface Taking {
  readonly preview: string;
  readonly connector: string;
  readonly application: string;
  readonly identityId: string;
}

/** The facts by which the hub takes what somebody else gave: as where a person decides so about one difference. */
export function takingFacts(
  { preview, connector, application, identityId }: Taking,
  taken: readonly HeldThere[],
  by: Omit<DriftDecision, 'decision'>,
): AccountEvent[] {
  return taken.map(({ entitlement, id: grantedId }) =>
    decided(
      connector,
      {
        id: uuidv5(`${preview}/${identityId}/${entitlementKey(entitlement)}`),
        identityId,
        application,
        code: 'membership-added',
        target: null,
        entitlement,
        grantedId,
        class: 'changed-outside',
        desired: false,
        written: false,
        observed: true,
      },
      { decision: 'revert', ...by },
    ),
  );
}
