import { isDeepStrictEqual } from 'node:util';
import type { Seen } from '#libs/contracts/provisioning-results.js';
import { membersOf } from '#libs/scim/client/reading.js';
import { isActive, type ScimGroup, type ScimUser } from '#libs/scim/client/resources.js';
import type { Attributes } from './account.events.js';
import { pathOf, valuesAt } from './attribute-path.js';
import { sameName } from './match.js';

/** Does this show the account that was made or found: it, and that it may be used? @param userName as written; null for none */
export function accountSeen(user: ScimUser, identityId: string, userName: string | null): Seen {
  if (isActive(user) === false) return 'contradicted';
  if (user.externalId === identityId || sameName(user.userName, userName)) return 'yes';
  return user.userName === undefined ? 'not-visible' : 'contradicted';
}

/** Does this show that the account may be used? */
export function enablingSeen(user: ScimUser | null): Seen {
  const active = user === null ? null : isActive(user);
  return active === null ? 'not-visible' : active ? 'yes' : 'contradicted';
}

/** Does this show what was written? Only if it shows all of it. */
export function changesSeen(user: ScimUser | null, written: Attributes): Seen {
  if (user === null) return 'not-visible';
  const each = Object.entries(written).map(([text, value]) => valueSeen(user, text, value ?? null));
  if (each.includes('contradicted')) return 'contradicted';
  return each.includes('not-visible') ? 'not-visible' : 'yes';
}

function valueSeen(user: ScimUser, text: string, value: unknown): Seen {
  const path = pathOf(text);
  const shown = path === null ? [] : valuesAt(user, path).filter((one) => one !== undefined && one !== null);
  // An answer may leave out what it holds, so what is not there proves neither.
  if (shown.length === 0) return 'not-visible';
  return shown.some((one) => holds(one, value)) ? 'yes' : 'contradicted';
}

/** The application may add to what was written: subfields, or further values of a list. */
function holds(shown: unknown, written: unknown): boolean {
  if (typeof shown === 'string' && typeof written === 'string') return shown.toLowerCase() === written.toLowerCase();
  if (Array.isArray(written))
    return Array.isArray(shown) && written.every((one) => shown.some((other) => holds(other, one)));
  if (typeof written === 'object' && written !== null && typeof shown === 'object' && shown !== null) {
    const has = shown as Readonly<Record<string, unknown>>;
    return Object.entries(written).every(([name, one]) => holds(has[name], one));
  }
  return isDeepStrictEqual(shown, written);
}

/** Does this show the member? An application that shows no members at all may leave them out. */
export function memberSeen(group: ScimGroup | null, accountId: string): Seen {
  if (group === null) return 'not-visible';
  const { ids, whole } = membersOf(group);
  if (ids.has(accountId)) return 'yes';
  return ids.size === 0 || !whole ? 'not-visible' : 'contradicted';
}
