import { sameName, type ShownAccount } from '../targets/targets.exports.js';

/** The person whose account is searched for, and our own attempts. */
export interface Sought {
  readonly identityId: string;
  readonly userName: string | null;
  /** An earlier intent of ours to create that userName, whose effect is unknown; null when there is none. */
  readonly lostIntent: { readonly startedAtMs: number; readonly absentBefore: boolean } | null;
}

export type Match =
  | { readonly is: 'absent' }
  /** It carries this identity's id: the hub made it. */
  | { readonly is: 'ours'; readonly user: ShownAccount }
  /** It has our userName and came after our intent to create it. */
  | { readonly is: 'ours-by-intent'; readonly user: ShownAccount }
  /** A person must say whose account it is. `code` is stable, `detail` for the person. */
  | { readonly is: 'disputed'; readonly code: string; readonly detail: string };

/** Somebody else seems to have the userName: it is no answer about other ways to find the account. */
export const isAboutName = (code: string): boolean => code === 'account-of-another' || code === 'account-of-unknown';

/** How far the clock of an application may be behind the clock of the hub. */
const skewMs = 1_000;

/**
 * Whose account is it? By externalId, then by userName; never by an e-mail address, and an account with our userName
 * alone only when our own intent to create it precedes it. An account that does not match the search is not a result.
 */
export function match({ identityId, userName, lostIntent }: Sought, found: readonly ShownAccount[]): Match {
  const candidates = [...new Map(found.map((user) => [user.id, user])).values()];
  const ours = candidates.filter(({ externalId }) => externalId === identityId);
  if (ours.length > 1)
    return disputed(
      'duplicate-accounts',
      `${ours.length} accounts carry externalId ${identityId}: remove all but one, then retry`,
    );
  if (ours[0] !== undefined) return { is: 'ours', user: ours[0] };
  const named = candidates.filter((user) => sameName(user.userName, userName));
  if (named.length < candidates.length) {
    return disputed('look-up-unreliable', 'the application answered a look-up with accounts that do not match it');
  }
  const [user] = named;
  if (user === undefined) return { is: 'absent' };
  const mend = `set its externalId to ${identityId} if it is this person's, or free the userName, then retry`;
  if (named.length > 1) return disputed('duplicate-accounts', `${named.length} accounts have that userName: ${mend}`);
  if ((user.externalId ?? '') !== '') {
    return disputed('account-of-another', `the account with that userName carries another externalId: ${mend}`);
  }
  if (lostIntent !== null && isYounger(user, lostIntent)) return { is: 'ours-by-intent', user };
  return disputed('account-of-unknown', `there was an account with that userName before the hub wanted one: ${mend}`);
}

/** A rule of the connector for one person: accounts with this value at this path are this person's. */
export interface MatchingValue {
  readonly target: string;
  readonly value: string;
}

const isSameText = (one: unknown, value: string): boolean => typeof one === 'string' && sameName(one, value);

/** Whose are the accounts that a rule found? One is this person's; several are for a person to look at. */
export function matchBy(
  { target, value }: MatchingValue,
  identityId: string,
  found: readonly ShownAccount[],
): Exclude<Match, { readonly is: 'ours-by-intent' }> {
  const candidates = [...new Map(found.map((user) => [user.id, user])).values()];
  const isShown = (user: ShownAccount): boolean =>
    user.at(target).some((one) => (user.isExact?.(target) === true ? one === value : isSameText(one, value)));
  if (!candidates.every(isShown))
    return disputed(
      'look-up-unreliable',
      `the application answered a search by ${target} with accounts that do not have that value`,
    );
  const [user] = candidates;
  if (user === undefined) return { is: 'absent' };
  if (candidates.length === 1) return { is: 'ours', user };
  const detail = `${candidates.length} accounts have this person's value of ${target}: leave it to one of them, or set the externalId of the right one to ${identityId}, then retry`;
  return disputed('several-matches', detail);
}

/** No account is made beside one that cannot be looked for. */
export const matchingImpossible = {
  is: 'disputed',
  code: 'matching-impossible',
  detail: 'this application cannot be searched by the attributes in matching: leave matching out of the connector',
} as const satisfies Match;

/** The account that a rule found belongs to somebody else. */
export function matchedByAnother({ target }: MatchingValue): Extract<Match, { readonly is: 'disputed' }> {
  const detail = `the account with this person's value of ${target} is the account of somebody else here: correct the value in HR or in the application, then retry`;
  return { is: 'disputed', code: 'matched-account-of-another', detail };
}

function isYounger({ createdAt }: ShownAccount, intent: { startedAtMs: number; absentBefore: boolean }): boolean {
  if (intent.absentBefore) return true;
  const created = Date.parse(createdAt ?? '');
  return !Number.isNaN(created) && created >= intent.startedAtMs - skewMs;
}

function disputed(code: string, detail: string): Extract<Match, { readonly is: 'disputed' }> {
  return { is: 'disputed', code, detail };
}
