import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { FailureTerms } from '#libs/outgoing/failure.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import {
  type Account,
  account as accountFold,
  type AccountEvent,
  Accounts,
  type CallResult,
  close,
  disabledThere,
  type Goal,
  inSyncBy,
  isSameVersion,
  isAboutEverybody,
  lateEffectMs,
  type NameHolder,
  nameTaken,
  nameTakenCode,
  type OpenOperation,
  type Operate,
  type Outcome,
  plan,
  refusalOf,
  refusedName,
  rename,
  renamedThere,
  temporaryName,
  toFact,
  unkeptId,
  willRetry,
} from '../../accounts/accounts.exports.js';
import { type About, causationOf, foundOutBy, inSyncOf, intentOf, outOfScopeOf } from './intent.js';
import { unexpected } from '../calls/application-calls.process.js';
import { backoffMs } from '../refusals/backoff.js';
import { attemptsWhileOthersSucceed, attemptsExhausted } from '../refusals/attempts.js';
import type { TaskContext } from './task-context.js';
import { missingLeftMs, writtenName } from '../../places/places.exports.js';
import { asTransient } from '../refusals/new-account-refusals.js';
import { Setbacks } from './setbacks.js';
import { disabledByHand, maxLookUps, creationUnconfirmed, reasonOf } from '../refusals/parking-reasons.js';
import type { DueAccount } from './due-accounts.query.js';

/**
 * Attempts after which an account that cannot get its name gives up its present name to the account that waits for it.
 */
const attemptsBeforeYielding = 2;

/** Maximum of operations of one account in a row: a plan that never ends is a fault, and must not block a slot. */
const maxSteps = 500;

/**
 * Works on one account until there is no difference, it must wait, or a person must look. Each intent is stored before
 * its call, together with the outcome of the former call.
 */
export class AccountTask {
  /** As stored; and as it will be with `events`. */
  private stored: Loaded<Account>;
  private state: Account;
  private events: AccountEvent[] = [];
  private overtaken = false;
  private wanted: Goal | null = null;
  private doubted: boolean;
  private readonly setbacks = new Setbacks();

  constructor(
    private readonly due: DueAccount,
    private readonly goalOf: () => Goal,
    private readonly context: TaskContext,
  ) {
    this.state = due.state;
    this.doubted = due.lookAgain;
    this.stored = { id: Accounts.idOf(due.identityId, context.connector), state: due.state, version: due.version };
  }

  private get goal(): Goal {
    return (this.wanted ??= this.goalOf());
  }

  /** @throws what the journal throws: nothing more was stored, and the account is tried again later */
  async run(): Promise<void> {
    if (this.doubted) ({ state: this.state } = this.stored = await this.context.reload(this.stored.id));
    for (let step = 0; step < maxSteps; step += 1) {
      if (step > 0 && (this.overtaken || this.context.ending())) {
        await this.stayDue();
        return;
      }
      if (await this.step()) return;
    }
    throw new Error(`the plan for an account of ${this.context.connector} does not end`);
  }

  /** Newer desired access removes something: the current call is the last one of this task. */
  overtake(): void {
    this.overtaken = true;
  }

  get version(): { readonly identityId: string; readonly epoch: number; readonly sequence: number } {
    return this.due;
  }

  /** One step; true when there is nothing more to do for now. */
  private async step(): Promise<boolean> {
    const nowMs = Date.parse(this.context.now());
    const overMs = this.state.open === null ? nowMs : this.context.overMs(Date.parse(this.state.open.startedAt));
    const { place, policy, membership, grants } = this.context;
    const { givesUp: name, identityId } = this.due;
    const givesUp = name === null ? null : { name, aside: temporaryName(name, identityId) };
    const here = (known: string | null): boolean => place.holds(known);
    const clock = { nowMs, overMs, here, membership, grants, givesUp, lookAgain: this.doubted };
    const next = plan(this.goal, this.state, policy, clock, this.setbacks.keys);
    switch (next.do) {
      case 'nothing':
        if (this.setbacks.resume()) return false;
        return this.setbacks.any ? await this.giveUp(nowMs) : await this.finish();
      case 'wait':
        return await this.end({ nextAttemptAt: new Date(next.untilMs).toISOString() });
      case 'close':
        this.setbacks.postpone(next.open, this.due.attempts);
        this.note(close(next.open, next.maybeGranted, this.context.now()));
        return false;
      case 'look': {
        if (!this.context.mayCall()) return await this.stayDue();
        this.setbacks.postpone(next.open, this.due.attempts);
        const found = await this.context.calls.look(next.open, this.goal.active, this.due.priority);
        return await this.onResult(next.open, found);
      }
      case 'question':
      case 'refuse':
      case 'park':
        if (next.do === 'question')
          this.note(renamedThere(this.foundOut(this.state.accountId, next.entitlement), this.context.now()));
        return await this.end({ parked: reasonOf(next) });
      case 'find':
        return this.context.mayCall() ? await this.find(nowMs) : await this.stayDue();
      case 'operate': {
        if (!this.context.mayCall()) return await this.stayDue();
        const waitMs = this.context.refusals.waitUntilMs(next, this.due.identityId);
        return waitMs === null ? await this.operate(next) : await this.hold(next, waitMs);
      }
    }
  }

  /** The application refuses this kind of call to everybody: it keeps no other change of the account. */
  private async hold(next: Pick<Operate, 'kind' | 'entitlement'>, untilMs: number): Promise<boolean> {
    if (this.setbacks.hold(next, untilMs)) return false;
    return await this.end({ nextAttemptAt: new Date(untilMs).toISOString() });
  }

  private async operate(next: Operate): Promise<boolean> {
    const before = this.state;
    this.note(intentOf(this.about(), next, this.when()));
    crashPoint('provisioning.before-intent');
    await this.flush(null);
    crashPoint('provisioning.after-intent');
    const { open } = this.state;
    if (open === null) throw new Error('an intent opens an operation');
    const result = await this.context.calls.perform(open, before, this.due.priority);
    crashPoint('provisioning.after-call');
    return await this.onResult(open, result);
  }

  /** Records the result of an operation; true if the account must wait, or a person must look. */
  private async onResult(open: OpenOperation, answer: CallResult): Promise<boolean> {
    const { place } = this.context;
    if (answer.is === 'failed' && answer.failure.code === 'not-found-yet') return await this.checkPeriodically(open);
    const result = asTransient(open, answer, this.state, this.context.now());
    const name = refusedName(open, result);
    const holder = name === null ? null : await this.context.nameHolder(name, this.due.identityId);
    if (name !== null && holder !== null) return await this.waitForName(open, name, holder, nameTaken(result));
    this.note(toFact({ ...open, place: place.id }, result, this.context.now()));
    if (result.is === 'created') await place.made();
    if (result.is === 'disputed' && result.code === unkeptId && !this.goal.active) return false;
    if (result.is === 'disputed') return await this.end({ parked: { code: result.code, detail: result.detail } });
    const nowMs = Date.parse(this.context.now());
    const attempts = this.due.attempts + 1;
    // The account is unknown now: search for it again, but not at once, because the address may be wrong.
    if (result.is === 'gone' && this.state.status !== 'deleted') return await this.later(nowMs, attempts, 0);
    if (result.is === 'done') return result.inactive === true && (await this.isDisabledThere(open));
    if (result.is !== 'failed') return false;
    return await this.afterFailure(open, result.failure, nowMs);
  }

  private async afterFailure(open: OpenOperation, failure: FailureTerms, nowMs: number): Promise<boolean> {
    const attempts = this.due.attempts + 1;
    const refusal = refusalOf(open, failure, { willRetry: willRetry(failure), active: this.goal.active });
    if (isAboutEverybody(failure) && refusal === null) return await this.stayDue();
    // Others get the same refusal: this one is tried again with them.
    const isHeld = !willRetry(failure) && this.context.refusals.isHeld(open);
    if (refusal !== null && isHeld && this.goal.active)
      return await this.hold(open, nowMs + backoffMs(attempts, this.context.chance()));
    if (refusal !== null) {
      this.setbacks.refuse(open, refusal);
      return false;
    }
    const { code, detail } = failure;
    if (!willRetry(failure))
      return isHeld ? await this.later(nowMs, attempts, 0) : await this.end({ parked: { code, detail } });
    if (await this.shouldGiveUp(failure, attempts, nowMs))
      return await this.end({ attempts, parked: { code, detail } });
    const maxMs = Math.min(missingLeftMs(this.state.missingSince, nowMs), failure.pastInMs ?? Infinity);
    return await this.later(nowMs, attempts, failure.effectUnknown ? lateEffectMs : 0, maxMs);
  }

  /** Somebody disabled an account that should be active: a person decides. */
  private async isDisabledThere(open: OpenOperation): Promise<boolean> {
    if (!this.goal.active || this.state.status !== 'active') return false;
    this.note(disabledThere(open, this.context.now()));
    return await this.end({ parked: disabledByHand });
  }

  /** The look-up had no result: the operation stays open. The next look-up is at the latest when its call is over. */
  private async checkPeriodically(open: OpenOperation): Promise<true> {
    const attempts = this.due.attempts + 1;
    if (attempts >= maxLookUps) return await this.end({ parked: creationUnconfirmed });
    const nowMs = Date.parse(this.context.now());
    const leftMs = Date.parse(open.startedAt) + callTimeoutMs - nowMs;
    return await this.later(nowMs, attempts, lateEffectMs, leftMs > 0 ? leftMs : Infinity);
  }

  /** The account is known from another place: is it here? */
  private async find(nowMs: number): Promise<boolean> {
    this.doubted = false;
    const { accountId, former, place: known } = this.state;
    const { calls, place } = this.context;
    const { identityId, priority } = this.due;
    const sought = accountId === null ? former : { accountId, userName: writtenName(this.state), place: known };
    if (sought === null) throw new Error('there is an account to be found');
    const open = this.foundOut(sought.accountId);
    const result = await calls.find(open, { ...sought, identityId }, priority);
    if (result.is === 'failed') {
      if (isAboutEverybody(result.failure)) return await this.stayDue();
      return await this.later(nowMs, this.due.attempts + 1, 0);
    }
    if (result.is === 'disputed') return await this.end({ parked: { code: result.code, detail: result.detail } });
    const isHere = result.is === 'adopted' && result.accountId === accountId;
    if (isHere) await place.join(known);
    else if (result.is === 'gone' && !place.isMeant(sought.place)) return await this.end({ parked: place.elsewhere });
    else this.note(toFact(open, result, this.context.now()));
    return false;
  }

  /** An operation for a finding that needs no changing call. */
  private foundOut(accountId: string | null, entitlement: EntitlementFields = { account: true }): OpenOperation {
    return foundOutBy({ ...this.about(), accountId }, entitlement, this.state.because, this.when());
  }

  /**
   * Another account of the hub has the name: the one that gives it up goes first. Two that wait for each other would
   * wait for ever: so one of them takes a temporary name. An account that does not get its name is parked.
   */
  private async waitForName(
    open: OpenOperation,
    name: string,
    holder: NameHolder,
    taken: CallResult,
  ): Promise<boolean> {
    this.note(toFact(open, taken, this.context.now()));
    if (holder.idle) await this.context.askForName(name, holder.identityId, this.due.identityId);
    const attempts = this.due.attempts + 1;
    const nowMs = Date.parse(this.context.now());
    const has = this.state.written['userName'];
    const aside = temporaryName(name, this.due.identityId);
    const stuck = holder.due && attempts > attemptsBeforeYielding && typeof has === 'string' && has !== aside;
    if (stuck && this.goal.active && this.state.accountId !== null && this.context.mayCall()) {
      return await this.operate(rename(aside, this.goal.because));
    }
    const detail = taken.is === 'failed' ? taken.failure.detail : '';
    if (attempts >= attemptsWhileOthersSucceed)
      return await this.end({ attempts, parked: { code: nameTakenCode, detail, name } });
    return await this.later(nowMs, attempts, 0);
  }

  /** An unexpected failure stopped the work on the account: it counts as an attempt, with its reason. */
  async failed(error: unknown): Promise<void> {
    const attempts = this.due.attempts + 1;
    const nowMs = Date.parse(this.context.now());
    const { code, detail } = unexpected(error);
    this.events = [];
    if (attempts >= attemptsWhileOthersSucceed) await this.end({ attempts, parked: { code, detail } });
    else await this.later(nowMs, attempts, 0);
  }

  private async shouldGiveUp(failure: FailureTerms, attempts: number, nowMs: number): Promise<boolean> {
    const { identityId, failingSince, priority } = this.due;
    const sinceMs = failingSince === null ? nowMs : Date.parse(failingSince);
    const othersSucceededMs = this.context.othersSucceededMs(identityId);
    const over = attemptsExhausted(failure, { attempts, sinceMs, othersSucceededMs });
    return over === 'in-the-end' ? (await this.context.calls.readable(priority)) === null : over === 'yes';
  }

  /** Everything else was done: a person must look at what was refused, unless it may still succeed. */
  private async giveUp(nowMs: number): Promise<true> {
    const attempts = this.due.attempts + 1;
    const { heldUntilMs } = this.setbacks;
    if (heldUntilMs !== null) return await this.end({ nextAttemptAt: new Date(heldUntilMs).toISOString() });
    const parked = this.setbacks.forPerson(attempts);
    if (parked === undefined) return await this.later(nowMs, attempts, 0);
    return await this.end({ attempts, parked: { code: parked.code, detail: parked.detail } });
  }

  private async stayDue(): Promise<true> {
    return await this.end({ nextAttemptAt: this.context.now() });
  }

  private async later(nowMs: number, attempts: number, minMs: number, maxMs = Infinity): Promise<true> {
    const waitMs = Math.min(Math.max(backoffMs(attempts, this.context.chance()), minMs), maxMs);
    return await this.end({ attempts, nextAttemptAt: new Date(nowMs + waitMs).toISOString() });
  }

  private async finish(): Promise<boolean> {
    const { version, outOfScope, because } = this.goal;
    const last = inSyncBy(this.events.at(-1), version);
    const stated = outOfScope === true ? this.state.outOfScope : this.state.inSync;
    if (last !== null && outOfScope !== true) {
      this.events[this.events.length - 1] = last;
      this.state = { ...this.state, inSync: version };
    } else if (!isSameVersion(stated, version)) {
      this.note((outOfScope === true ? outOfScopeOf : inSyncOf)(this.about(), because));
    }
    return await this.end({ done: true });
  }

  private async end(how: Partial<Pick<Outcome, 'done' | 'attempts' | 'nextAttemptAt' | 'parked'>>): Promise<true> {
    const { application, identityId, epoch, sequence, attempts, asked } = this.due;
    const about = { application, identityId, epoch, sequence, asked };
    await this.flush({ ...about, done: false, attempts, nextAttemptAt: null, parked: null, ...how });
    if (how.parked !== undefined && how.parked !== null) this.context.parked(identityId, how.parked.code);
    crashPoint('provisioning.after-outcome');
    return true;
  }

  private note(event: AccountEvent): void {
    this.events.push(event);
    this.state = accountFold.evolve(this.state, event);
  }

  private async flush(outcome: Outcome | null): Promise<void> {
    const events = this.events;
    this.events = [];
    this.stored = await this.context.journal.write(this.stored, events, causationOf(this.due), outcome);
  }

  private about(): About {
    const { connector } = this.context;
    const { application, identityId } = this.due;
    return { connector, application, identityId, accountId: this.state.accountId, desired: this.goal.version };
  }

  private when(): { readonly startedAt: string; readonly place: string } {
    return { startedAt: this.context.now(), place: this.context.place.id };
  }
}
