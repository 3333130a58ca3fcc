import { entitlementKey } from '#libs/contracts/entitlement.js';
import { holdsAt, type Period, type Reason } from './period.js';

/**
 * Adds the reasons to possible access. An application gets no call when only the reason changes (a mover keeps the
 * account by another rule). So the reasons come from the decisions, and from an operation only if there was no
 * decision.
 * @param decided periods of the same identity and application
 */
export function justified(possible: Period, decided: readonly Period[]): Period {
  const name = entitlementKey(possible.entitlement);
  const ever = decided.filter((period) => entitlementKey(period.entitlement) === name);
  const spans = ever.map(({ since, until }) => ({ since, until }));
  const same = ever.filter(
    (period) =>
      (possible.until === null || period.since.at < possible.until.at) &&
      (period.until === null || period.until.at > possible.since.at),
  );
  if (same.length === 0) return { ...possible, decided: spans };
  const own = possible.reasons.filter(({ from }) => !same.some((period) => holdsAt(period, from.at)));
  const reasons = [...own, ...same.flatMap(({ reasons: said }) => said.filter(within(possible, said)))];
  return {
    ...possible,
    decided: spans,
    reasons: reasons.sort((a, b) => (a.from.at < b.from.at ? -1 : a.from.at > b.from.at ? 1 : 0)),
  };
}

/** The reasons given during the period, or the last ones before it. */
function within({ since, until }: Period, said: readonly Reason[]): (reason: Reason) => boolean {
  const first = said.findLast(({ from }) => from.at <= since.at);
  return (reason) => reason === first || (reason.from.at > since.at && (until === null || reason.from.at < until.at));
}
