import { entitlementKey, type EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Account } from '../accounts/accounts.exports.js';
import type { HeldThere } from './outcome.js';

/**
 * What an account holds of authoritative entitlements, and should not. What the hub gave it takes by itself. A disabled account keeps
 * what it holds where the connector says so.
 */
export function takenByAuthority(
  holds: readonly HeldThere[],
  wanted: readonly { readonly entitlement: EntitlementFields }[],
  { status, granted }: Pick<Account, 'status' | 'granted'>,
  onDisable: 'strip' | 'keep',
): HeldThere[] {
  if (status === 'disabled' && onDisable === 'keep') return [];
  const kept = new Set([...wanted.map(({ entitlement }) => entitlementKey(entitlement)), ...Object.keys(granted)]);
  return holds.filter(({ entitlement }) => !kept.has(entitlementKey(entitlement)));
}
