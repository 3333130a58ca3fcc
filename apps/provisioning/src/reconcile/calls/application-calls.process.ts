import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { afterChange, isGone, CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import { longestDetail } from '#libs/outgoing/classify.js';
import { cleanText, cutText } from '#libs/text/text.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import {
  type Account,
  type Attributes,
  type CallResult,
  changeOf,
  type EntitlementChange,
  type GrantedKind,
  grantedId,
  type OpenOperation,
  type Priority,
  type Sought,
} from '../../accounts/accounts.exports.js';
import {
  accountSeen,
  type Call,
  changesSeen,
  enablingSeen,
  reading,
  type ShownAccount,
  type Target,
} from '../../targets/targets.exports.js';
import type { Lanes } from './lanes.js';
import { userNameOf, type KnownById, type LookUps } from '../look-ups/look-ups.js';
import type { Probe } from './probe.js';
import type { Memberships } from './memberships.process.js';
import { disableUnkept, isMissing, stillThere, unverifiable } from './disabling.process.js';
import { callOf, notSent } from './operation-time.js';
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
  /** It has shown an account by its id: only then "no such account" is reliable. */
  private showsUsers = false;

  constructor(private readonly options: ApplicationCallsOptions) {}

  /** @param account what the hub knows of it */
  async perform(open: OpenOperation, account: Account, priority: Priority): Promise<CallResult> {
    return await this.caught(open, async () => {
      try {
        return await this.call(open, account, priority);
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

  private async call(open: OpenOperation, account: Account, priority: Priority): Promise<CallResult> {
    const { kind, accountId } = open;
    const call = callOf(open, this.options.nowMs, this.options.mayCall);
    if (kind === 'create-account') return await this.create(open, priority, call);
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
    return await this.options.lanes.run(priority, () => this.changeAccount(open, accountId, account.written, call));
  }

  /**
   * Did an operation without an answer take effect? If the look-up fails, the operation stays open; otherwise a leaver
   * could keep an unknown account. It also stays open if nothing is found while the application may not show the new
   * account yet, or may be another one.
   * @param wanted it will be created again, and searched for then. If the person must have no account, a creation is
   * dropped only if a search shows what was created later
   */
  async look(open: OpenOperation, wanted: boolean, priority: Priority): Promise<CallResult> {
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

  private async lookForGrant(open: OpenOperation, granted: EntitlementChange): Promise<CallResult> {
    const { lookUps, nowMs, target } = this.options;
    const found = await lookUps.member(open, granted);
    const shownWithinMs = target.entitlements(granted.kind)?.shownWithinMs ?? 0;
    if (found.is !== 'not-done' || nowMs() - Date.parse(open.startedAt) >= shownWithinMs) return found;
    throw new CallFailure({ ...notSent().terms, code: 'not-found-yet' });
  }

  private async lookForAccount(open: OpenOperation, absentBefore: boolean, wanted: boolean): Promise<CallResult> {
    const { lookUps, nowMs, place } = this.options;
    const found = wanted
      ? await lookUps.account(open, absentBefore)
      : await lookUps.accountOrUnkept(open, absentBefore);
    if (found.is !== 'not-done') return found;
    const startedMs = Date.parse(open.startedAt);
    // When the application last may have made it.
    const lostMs = open.lost === null ? startedMs : Date.parse(open.lost.at);
    const isLate = wanted && nowMs() - startedMs >= callTimeoutMs;
    const isHere = place.holds(open.place ?? null) && (wanted || place.proven);
    if (isHere && (isLate || (await lookUps.isPrompt(lostMs)))) return found;
    throw new CallFailure({ ...notSent().terms, code: 'not-found-yet' });
  }

  private async create(open: OpenOperation, priority: Priority, call: Call): Promise<CallResult> {
    const sought: Sought = { identityId: open.identityId, userName: userNameOf(open), lostIntent: null };
    const { lanes, target } = this.options;
    const forget = target.accounts.expect(sought);
    try {
      return await lanes.run(priority, () => this.findOrCreate(open, sought, { call, forget }));
    } finally {
      forget();
    }
  }

  /** Searches before it creates: an account with our externalId is ours, whichever process created it. */
  private async findOrCreate(
    open: OpenOperation,
    sought: Sought,
    { call, forget }: { readonly call: Call; readonly forget: () => void },
  ): Promise<CallResult> {
    const { target, lookUps } = this.options;
    const before = await lookUps.find(sought, call);
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

  private async changeAccount(
    open: OpenOperation,
    accountId: string,
    before: Attributes,
    call: Call,
  ): Promise<CallResult> {
    const { accounts } = this.options.target;
    switch (open.kind) {
      case 'update-account': {
        const written = open.written ?? {};
        const { status, shown } = await accounts.change(accountId, written, before, call);
        const isInactive = shown?.active === false;
        const seen = changesSeen(shown, written);
        return { is: 'done', status, verified: false, seen, ...(isInactive ? { inactive: true } : {}) };
      }
      case 'enable-account': {
        const { status, shown } = await accounts.setActive(accountId, true, call);
        const seen = enablingSeen(shown);
        return { is: 'done', status, verified: false, seen, ...(seen === 'contradicted' ? { inactive: true } : {}) };
      }
      case 'disable-account': {
        const { status, shown } = await accounts.setActive(accountId, false, call);
        const read = await readable(this.readBack(accountId));
        const active = read?.active ?? shown?.active ?? null;
        if (active === true) throw stillThere(status, 'the account still shows as active');
        return { is: 'done', status, ...(active === false ? { verified: true } : unverifiable) };
      }
      case 'delete-account': {
        this.showsUsers ||= (await this.isGone(accountId)) === false;
        const status = await accounts.remove(accountId, call);
        // "No such account" does not prove a deletion: a look-up decides.
        if (status === 404 || status === 410) throw isMissing(status);
        const isGone = await this.isGone(accountId);
        if (isGone === false) throw stillThere(status, 'the account is still there');
        return { is: 'done', status, ...(isGone === true && this.showsUsers ? { verified: true } : unverifiable) };
      }
      default:
        throw new Error(`${open.kind} is not a change of an account`);
    }
  }

  private async readBack(accountId: string): Promise<ShownAccount> {
    return await this.options.target.accounts.read(accountId, reading).catch((error: unknown) => {
      throw afterChange(error);
    });
  }

  /** Null when the application does not show single accounts. */
  private async isGone(accountId: string): Promise<boolean | null> {
    try {
      return (await readable(this.readBack(accountId))) === null ? null : false;
    } catch (error) {
      if (isGone(error)) return true;
      throw error;
    }
  }

  private async caught(open: OpenOperation, call: () => Promise<CallResult>): Promise<CallResult> {
    const { lanes, recordOutcome } = this.options;
    let result: CallResult;
    let failure: FailureTerms | null = null;
    try {
      result = await call();
      if (result.is === 'failed') ({ failure } = result);
    } catch (error) {
      if (!(error instanceof CallFailure) && !isOurOwn(error)) throw error;
      failure = error instanceof CallFailure ? error.terms : unexpected(error);
      result =
        failure.class === 'gone'
          ? { is: 'gone', status: failure.status }
          : { is: 'failed', failure, absentBefore: false };
    }
    if (result.is === 'failed' && failure?.code === 'forbidden') {
      failure = await this.whose(failure);
      result = { ...result, failure };
    }
    if (failure === null) lanes.succeeded();
    else if (failure.class === 'throttled' || (failure.status ?? 0) >= 500 || failure.code === 'timeout')
      lanes.overloaded();
    recordOutcome(open, failure);
    return result;
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

/** The result of a reading; null if the application has no such reading. */
async function readable<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CallFailure && error.terms.class === 'validation') return null;
    throw error;
  }
}
