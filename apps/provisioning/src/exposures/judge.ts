import { isAccount, entitlementFields } from '#libs/contracts/entitlement.js';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { ExposureCode } from '#libs/contracts/exposures.js';
import { type Account, isInScope, type Policy, type Scope } from '../accounts/accounts.exports.js';
import { codeOf, exposedOf, type Obstacles, type Wanted } from './exposed.js';
import type { Exposed } from './exposure.js';

/** What the connector's document says about ending access. */
export interface Rules {
  readonly mode: NonNullable<Obstacles['mode']>;
  readonly policy: Pick<Policy, 'onUnassign' | 'onDisable'>;
  readonly scope: Scope;
}

/** What is known of one account and of the work on it. */
export interface Known {
  readonly exposure: { readonly id: string };
  readonly connector: string;
  readonly application: string;
  readonly identityId: string;
  readonly account: Account;
  readonly desired: {
    readonly body: DesiredAccessMessage;
    readonly decidedAt: string;
    readonly receivedAt: string;
    readonly parked: string | null;
    readonly isDismissed: boolean;
  } | null;
  readonly health: string | null;
  readonly failure: string | null;
}

/** A removal under way is no exposure before this time is over, in milliseconds, unless something stops it. */
const graceMs = 60_000;
/** Where the connector is not defined any more. */
const defaults: Rules['policy'] = { onUnassign: 'disable', onDisable: 'strip' };

/** What of an account in this state should have ended, under the desired access and rules of now. */
export function stillHeld({ desired }: Known, rules: Rules | null, account: Account): Exposed['entitlements'] {
  return exposedOf(wantedOf(desired?.body ?? null, rules), rules?.policy ?? defaults, account);
}

/** The account is still there, and now it may be. */
export function isPermitted(known: Known, rules: Rules | null): boolean {
  const nothing = exposedOf({ leaver: true, account: false, entitlements: [] }, defaults, known.account);
  return nothing.length > 0 && stillHeld(known, rules, known.account).length === 0;
}

/** What is exposed of the account; null for nothing, or while its removal is under way for a short time only. */
export function exposedNow(known: Known, rules: Rules | null, at: string): Exposed | null {
  const { connector, application, identityId, account, desired } = known;
  const entitlements = stillHeld(known, rules, account);
  if (entitlements.length === 0) return null;
  const code = whyHeld(known, rules);
  const receivedAt = desired?.receivedAt ?? at;
  if (code === 'under-way' && Date.parse(at) - Date.parse(receivedAt) < graceMs) return null;
  const kind = desired === null || desired.body.status === 'leaver' ? 'leaver' : 'unassigned';
  const decidedAt = desired?.decidedAt ?? at;
  const about = { exposure: known.exposure.id, connector, application, identityId, accountId: account.accountId };
  return { ...about, kind, entitlements, code, decidedAt };
}

function whyHeld({ desired, health, failure, account }: Known, rules: Rules | null): ExposureCode {
  return codeOf({
    parked: desired?.parked ?? null,
    dismissed: desired?.isDismissed ?? false,
    mode: rules?.mode ?? null,
    health,
    failure,
    unverified: Object.keys(account.unverified).length > 0 && account.status !== 'active',
  });
}

function wantedOf(body: DesiredAccessMessage | null, rules: Rules | null): Wanted {
  if (body === null) return { leaver: true, account: false, entitlements: [] };
  const isInRange = rules === null || isInScope(rules.scope, body);
  return {
    leaver: body.status === 'leaver',
    account: body.accounts[0]?.active === true && isInRange,
    entitlements: body.entitlements.filter((one) => !isAccount(one)).map(entitlementFields),
  };
}
