import { becauseAt, holdsAt, nameOf, stateAt, type Entitlement, type Period, type PeriodState } from './period.js';

type HeldEntitlement = Entitlement & {
  readonly since: string;
  readonly until: string | null;
  readonly state: PeriodState;
};

/** The access of one identity to one application at one instant. */
export interface AccessAt {
  readonly identity: string;
  readonly application: string;
  /** The account first, then by name. */
  readonly entitlements: readonly HeldEntitlement[];
  readonly since: string;
  /** Null: it still holds, as far as was known. */
  readonly until: string | null;
  readonly state: PeriodState;
  /** False when the account was verified to be switched off: then all this is no access. */
  readonly enabled: boolean;
  /** Assignments that justified it. */
  readonly because: readonly string[];
}

/** What the periods of one identity in one application say about an instant; null when there was nothing. */
export function accessAt(periods: readonly Period[], at: string): AccessAt | null {
  const held = withoutAccountsLeftBehind(periods.filter((period) => holdsAt(period, at))).sort((a, b) =>
    byAccountThenName(a.entitlement, b.entitlement),
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
    })),
    since: first.since.at,
    until: first.until?.at ?? null,
    state: stateAt(first, at),
    enabled: first.enabled,
    because: [...new Set(held.flatMap((period) => becauseAt(period, at)))],
  };
}

/** An application that came behind another connector may have a second account: one that is off says nothing beside one that is on. */
function withoutAccountsLeftBehind(held: readonly Period[]): Period[] {
  const on = held.filter(({ entitlement, enabled }) => enabled || !('account' in entitlement));
  return on.some(({ entitlement }) => 'account' in entitlement) ? on : [...held];
}

/** What was decided is confirmed where the application has it at that instant. */
export function confirmedBy(possible: readonly Period[], decided: AccessAt, at: string): AccessAt {
  const there = possible.filter(
    (period) => period.enabled && holdsAt(period, at) && stateAt(period, at) === 'confirmed',
  );
  const names = new Set(there.map(({ entitlement }) => nameOf(entitlement)));
  const entitlements = decided.entitlements.map((one) => ({
    ...one,
    state: names.has(nameOf(one)) ? ('confirmed' as const) : one.state,
  }));
  return { ...decided, entitlements, state: entitlements[0]?.state ?? decided.state };
}

function byAccountThenName(a: Entitlement, b: Entitlement): number {
  if ('account' in a !== 'account' in b) return 'account' in a ? -1 : 1;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
