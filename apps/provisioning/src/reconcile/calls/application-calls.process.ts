import { CallFailure, type FailureTerms, isGone } from '#libs/outgoing/failure.js';
import {
  type Account,
  type Attributes,
  type CallResult,
  changeOf,
  type EntitlementChange,
  type GrantedKind,
  grantedId,
  type MatchingValue,
  type OpenOperation,
  type Priority,
} from '../../accounts/accounts.exports.js';
import type { KnownById, LookUps } from '../look-ups/look-ups.js';
import type { PlaceProof } from '../look-ups/place-proof.js';
import { AccountChanges } from './account-changes.process.js';
import { AccountCreation, type AccountCreationOptions } from './account-creation.process.js';
import { disableUnkept } from './disabling.process.js';
import { JudgedCalls, type JudgedCallsOptions } from './judged-calls.process.js';
import type { Memberships } from './memberships.process.js';
import { callOf, notSent } from './operation-time.js';
import { promisedResult } from './promised.process.js';

export interface ApplicationCallsOptions extends AccountCreationOptions, JudgedCallsOptions {
  readonly memberships: Readonly<Record<GrantedKind, Memberships>>;
  readonly place: PlaceProof;
  /** May calls be made now? Not without the lease, while the application is held, or while the worker stops. */
  readonly mayCall: () => boolean;
}

/**
 * Carries out one operation in the application and returns its result. It throws no error that the application caused.
 */
export class ApplicationCalls {
  private readonly changes: AccountChanges;
  private readonly creation: AccountCreation;
  private readonly judged: JudgedCalls;

  constructor(private readonly options: ApplicationCallsOptions) {
    this.changes = new AccountChanges(options.target.accounts);
    this.creation = new AccountCreation(options);
    this.judged = new JudgedCalls(options);
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
    return await this.judged.run(open, async () => {
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
    return await this.judged.run(open, () => this.options.lanes.run(priority, () => this.options.lookUps.known(known)));
  }

  /** Does no other account there have this value? A failure where the application cannot be asked. */
  async isFree(open: OpenOperation, value: MatchingValue, priority: Priority): Promise<boolean | FailureTerms> {
    let free = false;
    const result = await this.judged.run(open, () =>
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
    const result = await this.judged.run(open, () =>
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
    if (kind === 'create-account') return await this.creation.create(open, priority, matches, call);
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
    const result = await this.judged.run(open, () =>
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
    const result = await this.judged.run(open, () =>
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
}

/** `values` is null where the application does not show the account. */
type Shown =
  | { readonly is: 'shown'; readonly values: Attributes | null }
  | { readonly is: 'failed'; readonly failure: FailureTerms };
