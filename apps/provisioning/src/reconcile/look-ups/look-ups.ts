import { isGone, CallFailure } from '#libs/outgoing/failure.js';
import {
  type Account,
  type Attributes,
  type CallResult,
  type EntitlementChange,
  type GrantedKind,
  match,
  type Match,
  matchBy,
  matchedByAnother,
  matchingImpossible,
  type MatchingValue,
  type OpenOperation,
  type Sought,
  unkeptId,
} from '../../accounts/accounts.exports.js';
import { isSameAccount, writtenName } from '../../places/places.exports.js';
import {
  accountSeen,
  type Call,
  observedOf,
  reading,
  sameName,
  type ShownAccount,
  type ShownHolders,
  type Target,
} from '../../targets/targets.exports.js';
import type { EntitlementDirectory } from '../calls/memberships.process.js';
import type { PlaceProof } from './place-proof.js';

/** An account that the hub knows, or knew, by its id. */
export interface KnownById {
  readonly identityId: string;
  readonly accountId: string;
  readonly userName: string | null;
  /** The externalId that it had when it was taken over; absent for one that the hub made. */
  readonly externalId?: string | null;
}

/** Does the hub keep the account for somebody else? */
export type IsOfAnother = (account: ShownAccount, identityId: string) => Promise<boolean>;

/** Accounts remembered that were found by a rule: those before are stored long since. */
const mostClaims = 1_000;

/** Reads accounts and members from the application. It throws CallFailure if that is not possible. */
export class LookUps {
  /** Who was given an account by a rule just now, by its id. */
  private readonly claims = new Map<string, string>();
  private freshest: (KnownById & { readonly madeMs: number }) | null = null;

  /** @param targets attribute paths that are read when an account is adopted */
  constructor(
    private readonly target: Target,
    private readonly directories: Readonly<Record<GrantedKind, Pick<EntitlementDirectory, 'existing'>>>,
    private readonly targets: readonly string[],
    private readonly place: PlaceProof,
    private readonly isOfAnother: IsOfAnother,
  ) {}

  /** An adopted account: the search result is what was seen of it. */
  adopted(user: ShownAccount): CallResult {
    const active = user.active !== false;
    return {
      is: 'adopted',
      accountId: user.id,
      active,
      observed: observedOf(user, this.targets),
      seen: active ? 'yes' : 'contradicted',
    };
  }

  async find(sought: Sought, call: Call = reading): Promise<Match> {
    return match(sought, await this.target.accounts.find(sought, call));
  }

  /** The account that the connector's rules find for a person; `absent` where they find none. */
  async matched(identityId: string, rules: readonly MatchingValue[], call: Call): Promise<Match> {
    const { accounts } = this.target;
    if (accounts.findBy === undefined) return matchingImpossible;
    for (const rule of rules) {
      const found = await accounts.findBy(rule.target, rule.value, call);
      const result = matchBy(rule, identityId, found);
      if (result.is === 'absent') continue;
      if (result.is === 'disputed') return result;
      return (await this.isTaken(result.user, identityId)) ? matchedByAnother(rule) : result;
    }
    return { is: 'absent' };
  }

  /**
   * Does the application show this value at no account but this person's own? Also where it cannot be searched for the
   * value: then its own answer to the creation tells.
   */
  async isFree(identityId: string, { target, value }: MatchingValue): Promise<boolean> {
    const found = await this.withValue(target, value);
    const shown = (user: ShownAccount): readonly unknown[] =>
      target === 'userName' ? [user.userName] : user.at(target);
    const hasIt = (user: ShownAccount): boolean =>
      shown(user).some((one) => typeof one === 'string' && sameName(one, value));
    return !found.some((user) => user.externalId !== identityId && hasIt(user));
  }

  /** What an account has at these paths; null where the application shows no account by its id. */
  async values(accountId: string, paths: readonly string[]): Promise<Attributes | null> {
    try {
      return observedOf(await this.target.accounts.read(accountId, reading), paths);
    } catch (error) {
      if (error instanceof CallFailure && error.terms.class === 'validation') return null;
      throw error;
    }
  }

  private async withValue(target: string, value: string): Promise<readonly ShownAccount[]> {
    const { accounts } = this.target;
    if (target === 'userName') return await accounts.find({ identityId: null, userName: value }, reading);
    try {
      return (await accounts.findBy?.(target, value, reading)) ?? [];
    } catch (error) {
      if (error instanceof CallFailure && error.terms.class === 'validation') return [];
      throw error;
    }
  }

  /** Two people of the same value may look at the same time: the first one has the account. */
  private async isTaken(user: ShownAccount, identityId: string): Promise<boolean> {
    const claimed = this.claims.get(user.id);
    if (claimed === undefined) {
      this.claims.set(user.id, identityId);
      if (this.claims.size > mostClaims) this.claims.delete([...this.claims.keys()][0] ?? '');
    }
    return (claimed ?? identityId) !== identityId || (await this.isOfAnother(user, identityId));
  }

  /** Did a creation without an answer have an effect? */
  async account(open: OpenOperation, absentBefore: boolean): Promise<CallResult> {
    const lostIntent = { startedAtMs: Date.parse(open.startedAt), absentBefore };
    const found = await this.find({ identityId: open.identityId, userName: userNameOf(open), lostIntent });
    switch (found.is) {
      case 'ours':
      case 'ours-by-intent':
        return {
          is: 'created',
          accountId: found.user.id,
          status: null,
          seen: accountSeen(found.user, open.identityId, userNameOf(open)),
        };
      case 'absent':
        return { is: 'not-done' };
      case 'disputed':
        return found;
    }
  }

  /** The same for a person who must have no account: an account whose id cannot be stored is found, too. */
  async accountOrUnkept(open: OpenOperation, absentBefore: boolean): Promise<CallResult> {
    try {
      return await this.account(open, absentBefore);
    } catch (error) {
      const isUnreadable = error instanceof CallFailure && error.terms.code === 'look-up-unreliable';
      if (!isUnreadable || (await this.unkept(open.identityId, userNameOf(open))) === null) throw error;
      return { is: 'disputed', code: unkeptId, detail: unkeptDetail, effect: 'unknown' };
    }
  }

  /** An account with the identity's id as externalId, and with an own id that can be sent but not stored; null for none. */
  async unkept(identityId: string, userName: string | null): Promise<ShownAccount | null> {
    return await this.target.accounts.findUnkept({ identityId, userName });
  }

  /** Did a grant without an answer have an effect? */
  async member({ accountId }: OpenOperation, { kind, name }: EntitlementChange): Promise<CallResult> {
    const { id, shown } = await this.holders(accountId ?? '', { kind, name });
    // Granting again is harmless, so where members are not shown it is simply done again.
    return shown?.ids.has(accountId ?? '') === true
      ? { is: 'done', status: null, verified: true, seen: 'yes', ...(id === null ? {} : { grantedId: id }) }
      : { is: 'not-done' };
  }

  /** Does the account hold it? Nothing is shown of what the application does not have. */
  async holders(
    account: string,
    { kind, name }: Pick<EntitlementChange, 'kind' | 'name'>,
  ): Promise<{ readonly id: string | null; readonly shown: ShownHolders | null }> {
    const id = await this.directories[kind].existing(name);
    const shown = id === null ? null : await this.target.entitlements(kind)?.holders(id, [account], reading);
    return { id, shown: shown ?? null };
  }

  /**
   * 404 for an account is not enough: it may come from a gateway or a late replica, or another account may have
   * replaced ours. The hub looks up its id, then its names. If nothing is found, the account is gone only at a proven
   * place, and not at once.
   */
  async vanished(open: OpenOperation, account: Account, { terms }: CallFailure): Promise<CallResult> {
    const { identityId } = open;
    const accountId = open.accountId ?? '';
    const userName = writtenName(account);
    const found = (await this.byId(accountId)) === null ? await this.alone({ identityId, userName }) : null;
    if (found === null || found.some(({ id }) => id === accountId))
      throw new CallFailure({ ...terms, class: 'transient', code: 'found-and-gone' });
    const result = this.identify({ identityId, userName }, found);
    if (result.is !== 'gone') return result;
    const doubt = this.place.doubt(account);
    if (doubt !== null) throw new CallFailure({ ...terms, class: 'transient', ...doubt });
    return { is: 'gone', status: terms.status };
  }

  /** The account with that id, or another one with the identity's id; `gone` if neither is here. */
  async known(known: KnownById): Promise<CallResult> {
    const user = await this.byId(known.accountId);
    if (user !== null && isSameAccount(user, known.identityId, known)) return this.adopted(user);
    return this.identify(known, await this.alone(known));
  }

  private identify({ identityId, userName }: Omit<KnownById, 'accountId'>, found: readonly ShownAccount[]): CallResult {
    const result = match({ identityId, userName, lostIntent: null }, found);
    if (result.is === 'absent') return { is: 'gone', status: null };
    if (result.is !== 'disputed') return this.adopted(result.user);
    // The account that has the userName now belongs to another person.
    return result.code === 'account-of-another' ? { is: 'gone', status: null } : result;
  }

  /** Null when the application does not know the id. */
  private async byId(accountId: string): Promise<ShownAccount | null> {
    try {
      return await this.target.accounts.read(accountId, reading);
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Does a search show what the application created later? Then an empty search is current. */
  async isPrompt(sinceMs: number): Promise<boolean> {
    const { freshest } = this;
    if (freshest === null || freshest.madeMs <= sinceMs) return false;
    return (await this.alone(freshest)).some(({ id }) => id === freshest.accountId);
  }

  /** The application has made this account. */
  made(account: KnownById, madeMs: number): void {
    this.freshest = { ...account, madeMs };
  }

  private async alone({
    identityId,
    userName,
  }: Pick<Sought, 'identityId' | 'userName'>): Promise<readonly ShownAccount[]> {
    return await this.target.accounts.find({ identityId, userName }, reading);
  }
}

const unkeptDetail =
  'the application gave the account an id that cannot be stored: it is looked for by its name each time';

export function userNameOf({ written }: OpenOperation): string | null {
  const name = written?.['userName'];
  return typeof name === 'string' ? name : null;
}
