import { compareEntitlements, entitlementKey, isAccount, type EntitlementFields } from '#libs/contracts/entitlement.js';
import {
  becauseAt,
  confirmedAt,
  endedBy,
  holdsAt,
  lastBecause,
  lastSeen,
  shouldHaveEnded,
  stateAt,
  type Period,
  type PeriodState,
} from './period.js';

type HeldEntitlement = EntitlementFields & {
  readonly since: string;
  readonly until: string | null;
  readonly state: PeriodState;
  /** When a reading first showed it; null if none has. */
  readonly confirmedAt: string | null;
  /** Nothing justifies it any more, but its removal is not verified. */
  readonly shouldHaveEnded: boolean;
  /** When the last justification ended; null while there is one, or if there never was one. */
  readonly justifiedUntil: string | null;
  /** When a reading showed it last, as known at that instant; null unless the basis is observed. */
  readonly lastSeenAt: string | null;
  /** It was there before the first reading, nobody knows since when. */
  readonly sinceUnknown: boolean;
};

/** The access of one identity to one application at one instant. */
export interface AccessAt {
  readonly identity: string;
  readonly application: string;
  /** The account first, then by name. */
  readonly entitlements: readonly HeldEntitlement[];
  readonly since: string;
  /** Null: the access had not ended, as far as was known. */
  readonly until: string | null;
  readonly state: PeriodState;
  readonly confirmedAt: string | null;
  /** True if some of it should have ended. */
  readonly shouldHaveEnded: boolean;
  /** False if the account is verified as disabled. Then this gives no access. */
  readonly enabled: boolean;
  /** Assignments that justified it at that instant. */
  readonly because: readonly string[];
  /** The last assignments that justified what should have ended. */
  readonly lastBecause: readonly string[];
}

/** The access of one identity in one application at an instant, from its periods; null for none. */
export function accessAt(periods: readonly Period[], at: string): AccessAt | null {
  const held = withoutFormerAccounts(periods.filter((period) => holdsAt(period, at))).sort((a, b) =>
    compareEntitlements(a.entitlement, b.entitlement),
  );
  const [first] = held;
  if (first === undefined) return null;
  return {
    identity: first.identity,
    application: first.application,
    entitlements: held.map((period) => ({
      ...period.entitlement,
      since: period.since.at,
      until: period.until?.at ?? null,
      state: stateAt(period, at),
      confirmedAt: confirmedAt(period, at),
      shouldHaveEnded: shouldHaveEnded(period, at),
      justifiedUntil: endedBy(period, at)?.at ?? null,
      lastSeenAt: lastSeen(period, at)?.at ?? null,
      sinceUnknown: period.seen?.sinceUnknown ?? false,
    })),
    since: first.since.at,
    until: first.until?.at ?? null,
    state: stateAt(first, at),
    confirmedAt: confirmedAt(first, at),
    shouldHaveEnded: first.enabled && held.some((period) => shouldHaveEnded(period, at)),
    enabled: first.enabled,
    because: [...new Set(held.flatMap((period) => becauseAt(period, at)))],
    lastBecause: [...new Set(held.flatMap((period) => (endedBy(period, at) === null ? [] : lastBecause(period, at))))],
  };
}

/**
 * An application that moved to another connector may have a second account. A disabled account is left out if another
 * one is active.
 */
function withoutFormerAccounts(held: readonly Period[]): Period[] {
  const on = held.filter(({ entitlement, enabled }) => enabled || !isAccount(entitlement));
  return on.some(({ entitlement }) => isAccount(entitlement)) ? on : [...held];
}

/** Decided access counts as written or confirmed if the application has it at that instant. */
export function confirmedBy(possible: readonly Period[], decided: AccessAt, at: string): AccessAt {
  const there = new Map(
    possible
      .filter((period) => period.enabled && !period.found && holdsAt(period, at))
      .map((period) => [entitlementKey(period.entitlement), period]),
  );
  const entitlements = decided.entitlements.map((one) => {
    const period = there.get(entitlementKey(one));
    if (period === undefined) return one;
    return { ...one, state: stateAt(period, at), confirmedAt: confirmedAt(period, at) };
  });
  const [first] = entitlements;
  return {
    ...decided,
    entitlements,
    state: first?.state ?? decided.state,
    confirmedAt: first?.confirmedAt ?? null,
  };
}
