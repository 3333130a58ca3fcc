import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { isGone, CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import { longestDetail } from '#libs/outgoing/classify.js';
import { cleanText, cutText } from '#libs/text/text.js';
import {
  type Account,
  type Attributes,
  type CallResult,
  changeOf,
  type EntitlementChange,
  type GrantedKind,
  grantedId,
  isAboutName,
  type Match,
  type MatchingValue,
  type OpenOperation,
  type Priority,
  type Sought,
} from '../../accounts/accounts.exports.js';
import { accountSeen, type Call, type Target } from '../../targets/targets.exports.js';
import { AccountChanges } from './account-changes.process.js';
import type { Lanes } from './lanes.process.js';
import { userNameOf, type KnownById, type LookUps } from '../look-ups/look-ups.js';
import type { Probe } from './probe.js';
import type { Memberships } from './memberships.process.js';
import { disableUnkept } from './disabling.process.js';
import { callOf, notSent } from './operation-time.js';
import { promisedResult } from './promised.process.js';
import type { PlaceProof } from '../look-ups/place-proof.js';

export interface ApplicationCallsOptions {
  readonly target: Target;
  readonly lanes: Lanes;
  readonly lookUps: LookUps;
  readonly memberships: Readonly<Record<GrantedKind, Memberships>>;
  readonly place: PlaceProof;
  readonly nowMs: () => number;
  /** May calls be made now? Not without the lease, while the application is held, or while the worker stops. */
  readonly mayCall: () => boolean;
  /** The failure of an operation's calls; null for success. */
  readonly recordOutcome: (operation: OpenOperation, failure: FailureTerms | null) => void;
  readonly probe: Probe;
}

/**
 * Carries out one operation in the application and returns its result. It throws no error that the application caused.
 */
export class ApplicationCalls {
  private readonly changes: AccountChanges;

  constructor(private readonly options: ApplicationCallsOptions) {
    this.changes = new AccountChanges(options.target.accounts);
  }

  /**
   * @param account what the hub knows of it
   * @param matches of a creation: by what an account that is there already is found
   */
  async perform(
    open: OpenOperation,
    account: Account,
    priority: Priority,
    matches: readonly MatchingValue[] = [],
  ): Promise<CallResult> {
    return await this.caught(open, async () => {
      try {
        return await this.call(open, account, priority, matches);
      } catch (error) {
        if (!isGone(error) || open.kind === 'create-account') throw error;
        return await this.options.lanes.run(priority, () => this.options.lookUps.vanished(open, account, error));
      }
    });
  }

  /** May the application be read? Null if it may; otherwise the failure. */
  async readable(priority: Priority): Promise<FailureTerms | null> {
    return await this.options.lanes.run(priority, () => this.options.probe.ask());
  }

  /** Looks for an account that was known at another place. `gone`: it is not here. */
  async find(open: OpenOperation, known: KnownById, priority: Priority): Promise<CallResult> {
    return await this.caught(open, () => this.options.lanes.run(priority, () => this.options.lookUps.known(known)));
  }

  /** Does no other account there have this value? A failure where the application cannot be asked. */
  async isFree(open: OpenOperation, value: MatchingValue, priority: Priority): Promise<boolean | FailureTerms> {
    let free = false;
    const result = await this.caught(open, () =>
      this.options.lanes.run(priority, async () => {
        free = await this.options.lookUps.isFree(open.identityId, value);
        return { is: 'not-done' };
      }),
    );
    return result.is === 'failed' ? result.failure : free;
  }

  /** What the account has at these paths; null where the application does not show it. */
  async values(open: OpenOperation, paths: readonly string[], priority: Priority): Promise<Shown> {
    let values: Attributes | null = null;
    const result = await this.caught(open, () =>
      this.options.lanes.run(priority, async () => {
        values = await this.options.lookUps.values(open.accountId ?? '', paths);
        return { is: 'not-done' };
      }),
    );
    return result.is === 'failed' ? { is: 'failed', failure: result.failure } : { is: 'shown', values };
  }

  private async call(
    open: OpenOperation,
    account: Account,
    priority: Priority,
    matches: readonly MatchingValue[],
  ): Promise<CallResult> {
    const { kind, accountId } = open;
    const call = callOf(open, this.options.nowMs, this.options.mayCall);
    if (kind === 'create-account') return await this.create(open, priority, matches, call);
    if (accountId === null && kind === 'disable-account') {
      const { target, lanes, lookUps } = this.options;
      const find = (): ReturnType<LookUps['unkept']> => lookUps.unkept(open.identityId, account.unkept);
      return await lanes.run(priority, () => disableUnkept(target.accounts, find, call));
    }
    if (accountId === null) return { is: 'gone', status: null };
    const granted = changeOf(open);
    if (granted !== null) {
      const { op, name } = granted;
      const known = op === 'remove' ? grantedId(account, open.entitlement) : null;
      const change = { op, group: name, grantedId: known, account: accountId, priority, call } as const;
      return { is: 'done', ...(await this.options.memberships[granted.kind].change(change)) };
    }
    return await this.options.lanes.run(priority, () => this.changes.carryOut(open, accountId, account.written, call));
  }

  /**
   * Did an operation without an answer have an effect? If the look-up fails, the operation stays open; otherwise a leaver
   * could keep an unknown account. It also stays open if nothing is found while the application may not show the new
   * account yet, or may be another one.
   * @param wanted it will be created again, and searched for then. If the person must have no account, a creation is
   * dropped only if a search shows what was created later
   */
  async look(open: OpenOperation, wanted: boolean, priority: Priority): Promise<CallResult> {
    const ticket = open.lost?.ticket;
    const asked = ticket === undefined ? null : await this.asked(open, ticket, priority);
    if (asked !== null) return asked;
    const absentBefore = open.lost?.absentBefore ?? false;
    const result = await this.caught(open, () =>
      this.options.lanes.run(priority, () => {
        if (!this.options.mayCall()) throw notSent();
        const granted = changeOf(open);
        return granted === null ? this.lookForAccount(open, absentBefore, wanted) : this.lookForGrant(open, granted);
      }),
    );
    if (result.is === 'failed')
      return { is: 'failed', failure: { ...result.failure, effectUnknown: true }, absentBefore };
    if (result.is === 'disputed') return { ...result, effect: 'unknown' };
    if (result.is !== 'gone') return result;
    return {
      is: 'failed',
      failure: { ...notSent().terms, code: 'look-up-failed', status: result.status, effectUnknown: true },
      absentBefore,
    };
  }

  /** What became of an accepted change; null when a look-up has to tell. */
  private async asked(open: OpenOperation, ticket: string, priority: Priority): Promise<CallResult | null> {
    const { target, lanes } = this.options;
    let looksUp = false;
    const result = await this.caught(open, () =>
      lanes.run(priority, async () => {
        const found = await promisedResult(target, { open, ticket }, this.options);
        looksUp = found === null;
        return found ?? { is: 'not-done' };
      }),
    );
    return looksUp ? null : result;
  }

  private async lookForGrant(open: OpenOperation, granted: EntitlementChange): Promise<CallResult> {
    const { lookUps, nowMs, target } = this.options;
    const found = await lookUps.member(open, granted);
    const shownWithinMs = target.entitlements(granted.kind)?.shownWithinMs ?? 0;
    const isLate = target.quietAfterMs !== null && nowMs() - Date.parse(open.startedAt) >= shownWithinMs;
    if (found.is !== 'not-done' || isLate) return found;
    throw new CallFailure({ ...notSent().terms, code: 'not-found-yet' });
  }

  private async lookForAccount(open: OpenOperation, absentBefore: boolean, wanted: boolean): Promise<CallResult> {
    const { lookUps } = this.options;
    const found = wanted
      ? await lookUps.account(open, absentBefore)
      : await lookUps.accountOrUnkept(open, absentBefore);
    if (found.is !== 'not-done' || (await this.provesAbsence(open, wanted))) return found;
    throw new CallFailure({ ...notSent().terms, code: 'not-found-yet' });
  }

  /** Was the search in the right place, and late enough to show an account that the lost call made? */
  private async provesAbsence(open: OpenOperation, wanted: boolean): Promise<boolean> {
    const { lookUps, nowMs, place, target } = this.options;
    const isHere = place.holds(open.place ?? null) && (wanted || place.proven);
    if (!isHere || target.quietAfterMs === null) return false;
    const startedMs = Date.parse(open.startedAt);
    if (wanted && nowMs() - startedMs >= Math.max(target.quietAfterMs, target.accounts.shownWithinMs)) return true;
    // When the application last may have made it.
    return await lookUps.isPrompt(open.lost === null ? startedMs : Date.parse(open.lost.at));
  }

  private async create(
    open: OpenOperation,
    priority: Priority,
    matches: readonly MatchingValue[],
    call: Call,
  ): Promise<CallResult> {
    const sought: Sought = { identityId: open.identityId, userName: userNameOf(open), lostIntent: null };
    const { lanes, target } = this.options;
    const forget = target.accounts.expect(sought);
    try {
      return await lanes.run(priority, () => this.findOrCreate(open, sought, { call, forget, matches }));
    } finally {
      forget();
    }
  }

  /** Searches before it creates: an account with our externalId is ours, whichever process created it. */
  private async findOrCreate(
    open: OpenOperation,
    sought: Sought,
    {
      call,
      forget,
      matches,
    }: { readonly call: Call; readonly forget: () => void; readonly matches: readonly MatchingValue[] },
  ): Promise<CallResult> {
    const { target, lookUps } = this.options;
    const before = await this.existing(sought, matches, call);
    if (before.is === 'disputed') return before;
    if (before.is !== 'absent') return lookUps.adopted(before.user);
    try {
      const { status, shown } = await target.accounts.create(sought, open.written ?? {}, call);
      lookUps.made({ ...sought, accountId: shown.id }, this.options.nowMs());
      const seen = accountSeen(shown, open.identityId, sought.userName);
      return { is: 'created', accountId: shown.id, status, seen };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.terms.class === 'gone') return failed(notTaken(error), true);
      if (error.terms.class !== 'conflict') return failed(error, true);
      forget();
      const after = await lookUps.find(sought, call);
      if (after.is === 'disputed') return after;
      return after.is === 'absent' ? failed(error, true) : lookUps.adopted(after.user);
    }
  }

  /** By the identity's id, then by the connector's rules, then by the userName. */
  private async existing(sought: Sought, matches: readonly MatchingValue[], call: Call): Promise<Match> {
    const { lookUps } = this.options;
    const usual = await lookUps.find(sought, call);
    const isOpen = usual.is === 'absent' || (usual.is === 'disputed' && isAboutName(usual.code));
    if (!isOpen || matches.length === 0) return usual;
    const matched = await lookUps.matched(sought.identityId, matches, call);
    return matched.is === 'absent' ? usual : matched;
  }

  private async caught(open: OpenOperation, call: () => Promise<CallResult>): Promise<CallResult> {
    const { lanes, recordOutcome } = this.options;
    const { result, failure } = await this.judged(await outcomeOf(call));
    if (failure === null || failure.code === 'accepted') lanes.succeeded();
    else if (isOverload(failure)) lanes.overloaded();
    recordOutcome(open, failure?.code === 'accepted' ? null : failure);
    return result;
  }

  private async judged(outcome: CallOutcome): Promise<CallOutcome> {
    if (outcome.result.is !== 'failed' || outcome.failure?.code !== 'forbidden') return outcome;
    const failure = await this.whose(outcome.failure);
    return { result: { ...outcome.result, failure }, failure };
  }

  /** A refusal with 403 is about the credentials only if reading is refused, too. */
  private async whose(refusal: FailureTerms): Promise<FailureTerms> {
    const unreadable = await this.options.probe.ask();
    if (unreadable === null) return refusal;
    const { effectUnknown } = refusal;
    if (unreadable.class === 'auth' || unreadable.code === 'forbidden')
      return { ...refusal, class: 'auth', code: 'auth' };
    return { ...unreadable, effectUnknown };
  }
}

/** `values` is null where the application does not show the account. */
type Shown =
  | { readonly is: 'shown'; readonly values: Attributes | null }
  | { readonly is: 'failed'; readonly failure: FailureTerms };

/** The result of a call, and its failure; null for success. */
interface CallOutcome {
  readonly result: CallResult;
  readonly failure: FailureTerms | null;
}

/** @throws what neither the application nor a fault of the hub caused */
async function outcomeOf(call: () => Promise<CallResult>): Promise<CallOutcome> {
  try {
    const result = await call();
    return { result, failure: result.is === 'failed' ? result.failure : null };
  } catch (error) {
    if (!(error instanceof CallFailure) && !isOurOwn(error)) throw error;
    const failure = error instanceof CallFailure ? error.terms : unexpected(error);
    if (failure.class === 'gone') return { result: { is: 'gone', status: failure.status }, failure };
    return { result: { is: 'failed', failure, absentBefore: false }, failure };
  }
}

function isOverload({ class: kind, status, code }: FailureTerms): boolean {
  return kind === 'throttled' || (status ?? 0) >= 500 || code === 'timeout';
}

/** An unexpected failure: a fault of the hub, not an outage of its database or the work of another process. */
function isOurOwn(error: unknown): boolean {
  return !isOutage(error) && !(error instanceof LeaseLost) && !(error instanceof ConcurrencyConflict);
}

/** The failure that stopped the work on an account, in a form that can be stored. */
export function unexpected(error: unknown): FailureTerms {
  const detail = cutText(cleanText(error instanceof Error ? error.message : String(error)), longestDetail);
  return { class: 'transient', code: 'unexpected', status: null, effectUnknown: true, retryAfterMs: null, detail };
}

/** A creation has no id that could be missing: the application refuses it. */
function notTaken({ terms }: CallFailure): CallFailure {
  return new CallFailure({ ...terms, class: 'validation', code: 'not-found' });
}

function failed({ terms }: CallFailure, absentBefore: boolean): CallResult {
  return { is: 'failed', failure: terms, absentBefore };
}
