import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { compareEntitlements, entitlementFields, isAccount } from '#libs/contracts/entitlement.js';
import type { DesiredVersion } from './account.events.js';
import { type Mapping, nothingMapped } from './mapping.js';
import { occasionOf } from './occasion.js';
import { mappingOf, type MappingEntry } from './mapping-rules.js';
import type { Goal, Policy } from './plan.js';
import { isInScope, parseScope, readable, type Scope } from './scope.js';

/** The parts of a connector document that say who gets an account, and what is written into it. */
export interface AccountTerms {
  readonly mapping: readonly MappingEntry[];
  readonly mappingDefaults: boolean;
  readonly scope: string | null;
}

export function policyOf({
  deprovision,
  onDisable,
}: {
  readonly deprovision: Omit<Policy, 'onDisable'>;
  readonly onDisable: Policy['onDisable'];
}): Policy {
  return { ...deprovision, onDisable };
}

/** The newest desired access of one person. */
export interface NewestDesired extends DesiredVersion {
  readonly identityId: string;
  readonly messageId: string;
  readonly body: DesiredAccessMessage;
}

/** Computes what accounts should be, from one connector document. */
export class AccountRules {
  private readonly mapping: Mapping;
  private readonly scope: Scope;

  /** @throws ExpressionError, FilterError for what is none: both are checked when they are stated */
  constructor({ mapping, mappingDefaults, scope }: AccountTerms) {
    this.mapping = mappingOf(mapping, mappingDefaults);
    this.scope = scope === null ? null : parseScope(scope);
  }

  /** Attribute paths that are read when an account is adopted. */
  get targets(): readonly string[] {
    return this.mapping.targets;
  }

  goal(desired: NewestDesired): Goal {
    const { body, epoch, sequence } = desired;
    const isDesired = body.accounts[0]?.active === true;
    const active = isDesired && isInScope(this.scope, body);
    const { always, initial, fault } = active ? this.mapping.apply(readable(body), occasionOf(desired)) : nothingMapped;
    return {
      version: { epoch, sequence },
      active,
      leaver: body.status === 'leaver',
      outOfScope: isDesired && !active,
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
}
