import { createHash } from 'node:crypto';
import type { Account } from '../accounts/accounts.exports.js';
import type { ConnectorDocument } from '../connectors/connectors.exports.js';
import { sameName, type ShownAccount } from '../targets/targets.exports.js';

/** Fingerprint of the address and the credentials of a connector. Others may lead to other accounts. */
export function placeOf({ baseUrl, auth }: Pick<ConnectorDocument, 'baseUrl' | 'auth'>): string {
  // Neither the secret before this one nor a date leads elsewhere.
  const { former, expiresAt, ...proof } = auth;
  const where = JSON.stringify([baseUrl.replace(/\/+$/, ''), proof]);
  return createHash('sha256').update(where).digest('base64url').slice(0, 22);
}

/** One place of a connector, as far as it was found out. */
export interface PlaceRow {
  readonly place: string;
  /** The first place that is known to hold the same accounts; its own fingerprint when there is none. */
  readonly root: string;
  /** True after a check whether the formerly known accounts are here. */
  readonly decided: boolean;
  readonly current: boolean;
  /** After the last change of address or credentials, a known account was found here, or the hub created one. */
  readonly proven: boolean;
  /** A person confirmed this place, although no known account was found. */
  readonly confirmed: boolean;
}

/** An account that should be there. */
export interface KnownAccount {
  readonly identityId: string;
  readonly accountId: string;
  readonly state: Account;
}

/** By what an account is known to be the same. */
export interface KnownNames {
  readonly userName: string | null;
  /** The externalId that it had when it was taken over; absent for one that the hub made. */
  readonly externalId?: string | null;
}

/** Is this resource with the account's id the same account? Short ids exist at every place. */
export function isSameAccount(
  user: ShownAccount,
  identityId: string,
  { userName, externalId = null }: KnownNames,
): boolean {
  const shown = user.externalId;
  if (typeof shown === 'string' && shown !== '') return shown === identityId || shown === externalId;
  return sameName(user.userName, userName);
}

/** The names that the hub wrote or found last. */
export function writtenNames({ written }: Pick<Account, 'written'>): KnownNames {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { userName: text(written['userName']), externalId: text(written['externalId']) };
}

/** The userName that the hub wrote last; null for none. */
export const writtenName = (account: Pick<Account, 'written'>): string | null => writtenNames(account).userName;

/** How long each look-up of an account's id must answer 404 before the account counts as gone: replicas may be late. */
export const absenceMs = 60_000;

/** Milliseconds until an account that was first not found at `missingSince` may count as gone; Infinity without an end. */
export function missingLeftMs(missingSince: string | null, nowMs: number): number {
  const leftMs = missingSince === null ? Infinity : Date.parse(missingSince) + absenceMs - nowMs;
  return leftMs > 0 ? leftMs : Infinity;
}
