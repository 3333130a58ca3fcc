import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { compareEntitlements, entitlementFields, isAccount } from '#libs/contracts/entitlement.js';
import type { Attributes, DesiredVersion } from './account.events.js';
import { type Mapped, type Mapping, nothingMapped } from './mapping.js';
import { occasionOf } from './occasion.js';
import { sourceValue } from './mapping-sources.js';
import type { MatchingValue } from './match.js';
import { mappingOf, type MappingEntry } from './mapping-rules.js';
import type { Goal, Policy } from './plan-terms.js';
import type { PullRule } from './pull.js';
import { missingSources, neededSources, scopeSources } from './needed-sources.js';
import { isInScope, parseScope, readable, type Scope } from './scope.js';

/** Accounts with the value of an attribute of the identity are this person's. */
export interface MatchingRule {
  readonly target: string;
  readonly source: string;
  /** The lowest goes first. */
  readonly precedence: number;
}

/** The parts of a connector document that say who gets an account, and what is written into it. */
export interface AccountTerms {
  readonly mapping: readonly MappingEntry[];
  readonly mappingDefaults: boolean;
  readonly scope: string | null;
  readonly matching: readonly MatchingRule[] | null;
  /** What `DefaultDomain` gives; null for none. */
  readonly defaultDomain: string | null;
  /** What the application makes becomes attributes of the identity. */
  readonly pull: readonly PullRule[];
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
  /** Id of the manager's account in the same application; null where there is none. */
  readonly managerAccount: string | null;
}

/** Computes what accounts should be, from one connector document. */
export class AccountRules {
  private readonly mapping: Mapping;
  private readonly scope: Scope;
  private readonly matching: readonly MatchingRule[];
  /** Attributes of a person without which an account cannot be what it should be. */
  private readonly needed: readonly string[];
  /** What becomes attributes of the identity. */
  readonly pull: readonly PullRule[];

  /** @throws ExpressionError, FilterError for what is none: both are checked when they are stated */
  constructor({ mapping, mappingDefaults, scope, matching, defaultDomain, pull }: AccountTerms) {
    this.mapping = mappingOf(mapping, mappingDefaults, { defaultDomain });
    this.scope = scope === null ? null : parseScope(scope);
    this.matching = matching ?? [];
    this.needed = neededSources(this.mapping, this.scope, this.matching);
    this.pull = pull;
  }

  /** Attribute paths that are read when an account is adopted. */
  get targets(): readonly string[] {
    return this.mapping.targets;
  }

  /** Does a value depend on another account? */
  get readsManager(): boolean {
    return this.mapping.lines.some(({ sources }) => sources.includes('manager'));
  }

  goal(desired: NewestDesired): Goal {
    const { body, epoch, sequence } = desired;
    const isDesired = body.accounts[0]?.active === true;
    const missing = missingSources(this.needed, body);
    const active = isDesired && (this.scopeMisses(missing) || isInScope(this.scope, body));
    return {
      ...(active ? this.values(desired, missing) : noValues),
      version: { epoch, sequence },
      active,
      leaver: body.status === 'leaver',
      deletes: body.deletes,
      outOfScope: isDesired && !active,
      because: body.entitlements.find(isAccount)?.because ?? [],
      entitlements: active
        ? body.entitlements
            .filter((one) => !isAccount(one))
            .map((one) => ({ entitlement: entitlementFields(one), because: one.because }))
            .sort((one, other) => compareEntitlements(one.entitlement, other.entitlement))
        : [],
      withdrawn: withdrawnIn(body),
      matches: active ? matchingValues(this.matching, body) : [],
    };
  }

  /** What is written, and what it waits for. */
  private values(desired: NewestDesired, missing: readonly string[]): Values {
    const { awaited, ...values } = this.mapping.apply(mapped(desired), occasionOf(desired), missing);
    const waiting = missing.length === 0 ? {} : { awaited: { sources: missing, targets: awaited } };
    return { ...valuesOf(values), ...waiting };
  }

  /** Whether the person is in scope is not known: who has an account keeps it until then. */
  private scopeMisses(missing: readonly string[]): boolean {
    return missing.length > 0 && scopeSources(this.scope).some((source) => missing.includes(source));
  }
}

type Values = Pick<Goal, 'attributes' | 'initial' | 'ifEmpty' | 'unique' | 'fault' | 'awaited'>;

const valuesOf = ({ always, initial, ifEmpty, unique, fault }: Omit<Mapped, 'awaited'>): Values => ({
  attributes: always,
  initial,
  ifEmpty,
  unique,
  fault,
});
const noValues = valuesOf(nothingMapped);

/** What mappings read of a person. */
export function mapped({ body, managerAccount }: Pick<NewestDesired, 'body' | 'managerAccount'>): Attributes {
  return { ...readable(body), manager: managerAccount };
}

/** What an account of this person has, in the order of the rules. A rule without a value finds nobody. */
export function matchingValues(rules: readonly MatchingRule[], body: DesiredAccessMessage): MatchingValue[] {
  const attributes = readable(body);
  return rules.flatMap(({ target, source }) => {
    const value = sourceValue(attributes, source);
    return typeof value === 'string' && value !== '' ? [{ target, value }] : [];
  });
}

/** What is desired for somebody who left, and of whom nothing was ever desired here. */
export const leftBody = (identity: string, application: string): DesiredAccessMessage => ({
  identity,
  application,
  status: 'leaver',
  accounts: [{ type: 'User', active: false, attributes: {}, packages: [], groups: [] }],
  entitlements: [],
});
const withdrawnIn = ({ withdrawn = [] }: DesiredAccessMessage): NonNullable<Goal['withdrawn']> =>
  withdrawn.map((one) => ({ entitlement: entitlementFields(one), because: one.because }));
