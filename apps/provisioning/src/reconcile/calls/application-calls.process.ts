import { entitlementOf } from '#libs/contracts/entitlement.js';
import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { afterChange, isGone, CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import { longestDetail } from '#libs/outgoing/classify.js';
import { isActive, type PatchOperation, type ScimUser } from '#libs/scim/client/resources.js';
import type { Changed, ScimClient } from '#libs/scim/client/scim-client.js';
import { cleanText, cutText } from '#libs/text/text.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import {
  type Account,
  accountSeen,
  type Attributes,
  type CallResult,
  changesSeen,
  enablingSeen,
  grantedId,
  needsReading,
  type OpenOperation,
  patchOf,
  type Priority,
  resourceOf,
  type Sought,
} from '../../accounts/accounts.exports.js';
import type { BatchLookUps } from '../look-ups/batch-look-ups.js';
import type { Lanes } from './lanes.js';
import { userNameOf, type KnownById, type LookUps } from '../look-ups/look-ups.js';
import type { Probe } from './probe.js';
import type { Memberships } from './memberships.process.js';
import { activation, changedOrRead, disableUnkept, isMissing, stillThere, unverifiable } from './disabling.process.js';
import { limitsOf, notSent, type Limits } from './operation-time.js';
import type { PlaceProof } from '../look-ups/place-proof.js';

export interface ApplicationCallsOptions {
  readonly client: ScimClient;
  readonly lanes: Lanes;
  readonly lookUps: LookUps;
  readonly batchLookUps: BatchLookUps;
  readonly memberships: Memberships;
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
    const { kind, accountId, entitlement } = open;
    const limits = limitsOf(open.startedAt, this.options.nowMs, this.options.mayCall);
    if (kind === 'create-account') return await this.create(open, priority, limits);
    if (accountId === null && kind === 'disable-account') {
      const { client, lanes, lookUps } = this.options;
      const find = (): ReturnType<LookUps['unkept']> => lookUps.unkept(open.identityId, account.unkept);
      return await lanes.run(priority, () => disableUnkept(client, find, limits));
    }
    if (accountId === null) return { is: 'gone', status: null };
    if (kind === 'add-member' || kind === 'remove-member') {
      const op = kind === 'add-member' ? 'add' : 'remove';
      const group = entitlementOf('', entitlement).name ?? '';
      const known = kind === 'remove-member' ? grantedId(account, entitlement) : null;
      const change = { op, group, grantedId: known, account: accountId, priority, limits } as const;
      return { is: 'done', ...(await this.options.memberships.change(change)) };
    }
    return await this.options.lanes.run(priority, () => this.changeAccount(open, accountId, account.written, limits));
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
    const { lookUps } = this.options;
    const result = await this.caught(open, () =>
      this.options.lanes.run(priority, () => {
        if (!this.options.mayCall()) throw notSent();
        return open.kind === 'add-member' ? lookUps.member(open) : this.lookForAccount(open, absentBefore, wanted);
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

  private async create(open: OpenOperation, priority: Priority, limits: Limits): Promise<CallResult> {
    const sought: Sought = { identityId: open.identityId, userName: userNameOf(open), lostIntent: null };
    const { batchLookUps, lanes } = this.options;
    batchLookUps.expect(sought);
    try {
      return await lanes.run(priority, () => this.findOrCreate(open, sought, limits));
    } finally {
      batchLookUps.forget(sought);
    }
  }

  /** Searches before it creates: an account with our externalId is ours, whichever process created it. */
  private async findOrCreate(open: OpenOperation, sought: Sought, limits: Limits): Promise<CallResult> {
    const { client, batchLookUps, lookUps } = this.options;
    const before = await lookUps.find(sought, limits);
    if (before.is === 'disputed') return before;
    if (before.is !== 'absent') return lookUps.adopted(before.user);
    try {
      const made = await client.createUser(resourceOf(open.written ?? {}, open.identityId), limits());
      batchLookUps.made(sought);
      lookUps.made({ ...sought, accountId: made.id }, this.options.nowMs());
      const seen = accountSeen(made.shown, open.identityId, sought.userName);
      return { is: 'created', accountId: made.id, status: made.status, seen };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.terms.class === 'gone') return failed(notTaken(error), true);
      if (error.terms.class !== 'conflict') return failed(error, true);
      batchLookUps.forget(sought);
      const after = await lookUps.find(sought, limits);
      if (after.is === 'disputed') return after;
      return after.is === 'absent' ? failed(error, true) : lookUps.adopted(after.user);
    }
  }

  private async changeAccount(
    open: OpenOperation,
    accountId: string,
    before: Attributes,
    limits: Limits,
  ): Promise<CallResult> {
    const { client } = this.options;
    switch (open.kind) {
      case 'update-account': {
        const written = open.written ?? {};
        const { status, shown } = await this.update(accountId, written, before, limits);
        const isInactive = shown !== null && isActive(shown) === false;
        const seen = changesSeen(shown, written);
        return { is: 'done', status, verified: false, seen, ...(isInactive ? { inactive: true } : {}) };
      }
      case 'enable-account': {
        const { status, shown } = await this.activate(accountId, true, limits);
        const seen = enablingSeen(shown);
        return { is: 'done', status, verified: false, seen, ...(seen === 'contradicted' ? { inactive: true } : {}) };
      }
      case 'disable-account': {
        const { status, shown } = await this.activate(accountId, false, limits);
        const read = await readable(this.readBack(accountId));
        const active = (read === null ? null : isActive(read)) ?? (shown === null ? null : isActive(shown));
        if (active === true) throw stillThere(status, 'the account still shows as active');
        return { is: 'done', status, ...(active === false ? { verified: true } : unverifiable) };
      }
      case 'delete-account': {
        this.showsUsers ||= (await this.isGone(accountId)) === false;
        const status = await client.deleteUser(accountId, limits());
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

  private async readBack(accountId: string): Promise<ScimUser> {
    return await this.options.client.getUser(accountId).catch((error: unknown) => {
      throw afterChange(error);
    });
  }

  /** Reads the entries of lists from the application, where it may be read: it may have others than the hub knows. */
  private async update(
    accountId: string,
    written: Attributes,
    before: Attributes,
    limits: Limits,
  ): Promise<Changed<ScimUser>> {
    const { client } = this.options;
    const shown = needsReading(written) ? await readable(client.getUser(accountId, limits())) : null;
    const operations = patchOf(written, before, shown);
    if (operations.length === 0) return { status: 200, shown };
    return await this.patch(accountId, operations, limits, (user) => changesSeen(user, written) === 'yes');
  }

  private async activate(accountId: string, value: boolean, limits: Limits): Promise<Changed<ScimUser>> {
    return await this.patch(accountId, activation(value), limits, (user) => isActive(user) === value);
  }

  /**
   * Repeats the change if the account changed in the meantime (412): nothing was done, and the change is still wanted.
   */
  private async patch(
    accountId: string,
    operations: readonly PatchOperation[],
    limits: Limits,
    isSo: (user: ScimUser) => boolean,
  ): Promise<Changed<ScimUser>> {
    const { client } = this.options;
    const change = (): Promise<Changed<ScimUser>> => client.patchUser(accountId, operations, limits());
    try {
      return await changedOrRead(change, () => client.getUser(accountId, limits()), isSo);
    } catch (error) {
      if (!(error instanceof CallFailure) || error.terms.code !== 'changed-meanwhile') throw error;
      return await change();
    }
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
