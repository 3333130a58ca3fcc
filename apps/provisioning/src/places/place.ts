import { createHash } from 'node:crypto';
import type { ScimUser } from '#libs/scim/client/resources.js';
import type { Account } from '../accounts/account.js';
import { sameName } from '../accounts/match.js';
import type { ConnectorDocument } from '../connectors/connector-document.js';

/** Fingerprint of where a connector calls, and as whom. Another address or other credentials may lead to other accounts. */
export function placeOf({ baseUrl, auth }: Pick<ConnectorDocument, 'baseUrl' | 'auth'>): string {
  const where = JSON.stringify([baseUrl.replace(/\/+$/, ''), auth]);
  return createHash('sha256').update(where).digest('base64url').slice(0, 22);
}

/** One place of a connector, as far as it was found out. */
export interface PlaceRow {
  readonly place: string;
  /** The first place that is known to hold the same accounts; its own fingerprint when there is none. */
  readonly root: string;
  /** It was found out whether the accounts known before are here. */
  readonly decided: boolean;
  readonly current: boolean;
  /** Since address or credentials changed last, an account that the hub knows was found here, or the hub made one. */
  readonly proven: boolean;
  /** A person said that this is the place, though no known account was found. */
  readonly confirmed: boolean;
}

/** An account that the hub believes to be there. */
export interface KnownAccount {
  readonly identityId: string;
  readonly accountId: string;
  readonly state: Account;
}

/** Is this, found under the account's id, the same account? Short ids exist at every place. */
export function isSameAccount(user: ScimUser, identityId: string, userName: string | null): boolean {
  const { externalId } = user;
  if (typeof externalId === 'string' && externalId !== '') return externalId === identityId;
  return sameName(user.userName, userName);
}

/** The userName that the hub wrote last; null for none. */
export function writtenName({ written }: Pick<Account, 'written'>): string | null {
  const name = written['userName'];
  return typeof name === 'string' ? name : null;
}

/** How long 404 must be the answer for an account, on each look at its id, before it counts as gone: replicas lag. */
export const absenceMs = 60_000;

/** Milliseconds until an account that was first not found at `missingSince` may count as gone; Infinity without an end. */
export function missingLeftMs(missingSince: string | null, nowMs: number): number {
  const leftMs = missingSince === null ? Infinity : Date.parse(missingSince) + absenceMs - nowMs;
  return leftMs > 0 ? leftMs : Infinity;
}
