import { entitlementKey, type EntitlementFields } from '#libs/contracts/entitlement.js';
import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import { begun, withReason, type Period, type Turn } from './period.js';

/** What one identity should have in one application from this instant on, as governance decided. */
export interface DesiredVersion {
  readonly identity: string;
  readonly application: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly turn: Turn;
  readonly entitlements: readonly DesiredEntitlement[];
}

/**
 * Access as decided, of one identity in one application: each version states everything, so an entitlement holds from
 * the first version that names it to the first that does not. The result has no confirmations. Versions may come in any
 * order and more than once.
 */
export function decidedPeriods(versions: readonly DesiredVersion[]): Period[] {
  const closed: Period[] = [];
  let open = new Map<string, Period>();
  for (const version of inOrder(versions)) {
    const next = new Map<string, Period>();
    for (const { because, ...entitlement } of version.entitlements) {
      const name = entitlementKey(entitlement);
      next.set(name, continued(open.get(name), version, entitlement, because));
    }
    for (const [name, period] of open) if (!next.has(name)) closed.push({ ...period, until: version.turn });
    open = next;
  }
  return [...closed, ...open.values()];
}

function continued(
  before: Period | undefined,
  { identity, application, turn }: DesiredVersion,
  entitlement: EntitlementFields,
  because: readonly string[],
): Period {
  if (before !== undefined) return { ...before, reasons: withReason(before.reasons, turn, because) };
  const reasons = [{ from: turn, because }];
  return begun({ identity, application, entitlement, since: turn, reasons });
}

function inOrder(versions: readonly DesiredVersion[]): DesiredVersion[] {
  return [...versions].sort((a, b) => a.epoch - b.epoch || a.sequence - b.sequence);
}
