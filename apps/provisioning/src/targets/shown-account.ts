import { isDeepStrictEqual } from 'node:util';
import type { Seen } from '#libs/contracts/provisioning-results.js';
import type { Attributes, ShownAccount, ShownHolders } from './target.js';

/** Does this show the account that was made or found: it, and that it may be used? @param userName as written; null for none */
export function accountSeen(shown: ShownAccount, identityId: string, userName: string | null): Seen {
  if (shown.active === false) return 'contradicted';
  if (shown.externalId === identityId || sameName(shown.userName, userName)) return 'yes';
  return shown.userName === undefined ? 'not-visible' : 'contradicted';
}

/** Does this show that the account may be used? */
export function enablingSeen(shown: ShownAccount | null): Seen {
  const active = shown?.active ?? null;
  return active === null ? 'not-visible' : active ? 'yes' : 'contradicted';
}

/** Does this show what was written? Only if it shows all of it. */
export function changesSeen(shown: ShownAccount | null, written: Attributes): Seen {
  if (shown === null) return 'not-visible';
  const each = Object.entries(written).map(([path, value]) => valueSeen(shown, path, value ?? null));
  if (each.includes('contradicted')) return 'contradicted';
  return each.includes('not-visible') ? 'not-visible' : 'yes';
}

function valueSeen(account: ShownAccount, path: string, value: unknown): Seen {
  const shown = account.at(path).filter((one) => one !== undefined && one !== null);
  // An answer may leave out what it holds, so what is not there proves neither.
  if (shown.length === 0) return 'not-visible';
  const isExact = account.isExact?.(path) ?? false;
  return shown.some((one) => holds(one, value, isExact)) ? 'yes' : 'contradicted';
}

/** The application may add to what was written: subfields, or further values of a list. */
function holds(shown: unknown, written: unknown, isExact: boolean): boolean {
  if (!isExact && typeof shown === 'string' && typeof written === 'string')
    return shown.toLowerCase() === written.toLowerCase();
  if (Array.isArray(written))
    return Array.isArray(shown) && written.every((one) => shown.some((other) => holds(other, one, isExact)));
  if (typeof written === 'object' && written !== null && typeof shown === 'object' && shown !== null) {
    const has = shown as Readonly<Record<string, unknown>>;
    return Object.entries(written).every(([name, one]) => holds(has[name], one, isExact));
  }
  return isDeepStrictEqual(shown, written);
}

/** Does this show the holder? An application that shows no holders at all may leave them out. */
export function holderSeen(holders: ShownHolders | null, accountId: string): Seen {
  if (holders === null) return 'not-visible';
  if (holders.ids.has(accountId)) return 'yes';
  return holders.showsAny && holders.whole ? 'contradicted' : 'not-visible';
}

/** What an account that was there before has at these paths. */
export function observedOf(account: ShownAccount, paths: readonly string[]): Attributes {
  const observed: Record<string, unknown> = {};
  for (const path of paths) {
    const [value] = account.at(path);
    if (value !== undefined && value !== null) observed[path] = value;
  }
  return observed;
}

/** userName is case-insensitive (RFC 7643 §4.1.1). */
export function sameName(a: string | undefined, b: string | null): boolean {
  return a !== undefined && b !== null && a.toLowerCase() === b.toLowerCase();
}
