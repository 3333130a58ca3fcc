import type { ExposureCode } from '#libs/contracts/exposures.js';
import {
  compareEntitlements,
  entitlementFields,
  entitlementKey,
  entitlementOf,
  isAccount,
  type EntitlementFields,
} from '#libs/contracts/entitlement.js';
import { givenBy } from '#libs/contracts/operation-effects.js';
import { refusalCodes } from '#libs/outgoing/classify.js';
import { type Account, type Policy, removalHeld } from '../accounts/accounts.exports.js';

/** What a person may have in one application. */
export interface Wanted {
  readonly leaver: boolean;
  /** An account; false also where the connector's scope leaves the person out. */
  readonly account: boolean;
  /** Besides the account. */
  readonly entitlements: readonly EntitlementFields[];
}

/**
 * What should have ended and is not confirmed gone, the account first. Groups of an account that is confirmed as disabled give no access;
 * roles may lie behind another interface than the account and count by themselves. What the connector's rules keep is no exposure.
 */
export function exposedOf(
  wanted: Wanted,
  policy: Pick<Policy, 'onUnassign' | 'onDisable'>,
  account: Account,
): EntitlementFields[] {
  if (wanted.account) {
    const kept = new Set(wanted.entitlements.map(entitlementKey));
    return sorted(heldWith(account).filter((one) => !kept.has(entitlementKey(one))));
  }
  const keepsAccount = !wanted.leaver && policy.onUnassign === 'keep';
  if (keepsAccount) return sorted(heldWith(account));
  if (!isShut(account)) return sorted([{ account: true }, ...heldWith(account)]);
  const keepsRoles = wanted.leaver && policy.onDisable === 'keep';
  return keepsRoles ? [] : sorted(heldWith(account).filter((one) => entitlementOf('', one).kind === 'role'));
}

/** Nobody can use the account, as far as readings have shown. */
function isShut({ status, open, unkept, unverified }: Account): boolean {
  const isOpening = open !== null && givenBy(open.kind) === 'account';
  const isUnverified = 'disable-account' in unverified || 'delete-account' in unverified;
  const isUnkept = unkept !== null && status !== 'disabled';
  return status !== 'active' && !isOpening && !isUnverified && !isUnkept;
}

/** What goes with the account as far as the hub knows: granted, perhaps granted, or taken away without a reading that shows it. */
function heldWith({ granted, open, unverified }: Account): EntitlementFields[] {
  const granting = open !== null && givenBy(open.kind) !== null ? [open.entitlement] : [];
  const all = [
    ...Object.values(granted).map(({ entitlement }) => entitlement),
    ...granting,
    ...Object.values(unverified).map(({ entitlement }) => entitlement),
  ].filter((one) => !isAccount(one));
  return [...new Map(all.map((one) => [entitlementKey(one), entitlementFields(one)])).values()];
}

const sorted = (all: readonly EntitlementFields[]): EntitlementFields[] => [...all].sort(compareEntitlements);

/** What is known about why it is still there. */
export interface Obstacles {
  readonly parked: string | null;
  readonly dismissed: boolean;
  /** Of the connector; null while it is not defined. */
  readonly mode: 'observe' | 'enforce' | null;
  /** State of the connector's worker; null for none yet. */
  readonly health: string | null;
  /** Code of the last failed attempt; null while none failed. */
  readonly failure: string | null;
  /** Nothing is left to do: the application cannot show it. */
  readonly unverified: boolean;
}

const refusals: ReadonlySet<string> = new Set([...refusalCodes, 'delete-refused', 'protected']);
const outages = new Set(['timeout', 'reset', 'unavailable', 'unreadable-answer', 'unreachable', 'throttled']);
const healthCodes: ReadonlyMap<string, ExposureCode> = new Map([
  ['unreachable', 'application-down'],
  ['throttled', 'application-down'],
  ['auth-failed', 'credentials-refused'],
  ['misconfigured', 'misconfigured'],
]);

/** Why it is still there, in one word of the contract. */
export function codeOf({ parked, dismissed, mode, health, failure, unverified }: Obstacles): ExposureCode {
  if (parked !== null) return ofParked(parked);
  if (dismissed) return 'dismissed';
  if (unverified) return 'not-verifiable';
  if (mode === null) return 'misconfigured';
  if (mode === 'observe') return 'observing';
  const ofConnector = healthCodes.get(health ?? '');
  if (ofConnector !== undefined) return ofConnector;
  return failure === null ? 'under-way' : ofFailure(failure);
}

function ofParked(code: string): ExposureCode {
  if (code === removalHeld) return 'held';
  if (isNotDone(code)) return 'not-done';
  return refusals.has(code) ? 'refused' : 'parked';
}

function ofFailure(failure: string): ExposureCode {
  if (isNotDone(failure)) return 'not-done';
  if (refusals.has(failure)) return 'refused';
  return outages.has(failure) ? 'application-down' : 'failing';
}

const isNotDone = (code: string): boolean => code === 'silent-failure' || code === 'not-shown-yet';
