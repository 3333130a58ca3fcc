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

function isYounger({ createdAt }: ShownAccount, intent: { startedAtMs: number; absentBefore: boolean }): boolean {
  if (intent.absentBefore) return true;
  const created = Date.parse(createdAt ?? '');
  return !Number.isNaN(created) && created >= intent.startedAtMs - skewMs;
}

function disputed(code: string, detail: string): Match {
  return { is: 'disputed', code, detail };
}
