import { crashPoint } from '#libs/event-store/crash-point.js';
import type { FailureTerms } from '#libs/outgoing/failure.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import {
  type Account,
  type CallResult,
  close,
  disabledThere,
  type Goal,
  isAboutEverybody,
  lateEffectMs,
  nameTaken,
  nameTakenCode,
  type OpenOperation,
  type Operate,
  plan,
  type Refusal,
  refusalOf,
  rename,
  renamedThere,
  temporaryName,
  toFact,
  unkeptId,
  willRetry,
} from '../../accounts/accounts.exports.js';
import { AccountRecord } from './account-record.process.js';
import { completed, type Completed } from './completed.process.js';
import { type HeldName, heldName, mayStepAside } from './held-name.process.js';
import { intentOf } from './intent.js';
import { limitOf } from './removal-limit.js';
import { unexpected } from '../calls/judged-calls.process.js';
import { attemptsExhausted } from '../refusals/attempts.js';
import { Deadlines } from './deadlines.js';
import type { TaskContext } from './task-context.js';
import { endOfPull, pulled } from './pull.process.js';
import { missingLeftMs, writtenNames } from '../../places/places.exports.js';
import { asTransient } from '../refusals/new-account-refusals.js';
import { Setbacks } from './setbacks.js';
import {
  attributesMissing,
  creationUnconfirmed,
  disabledByHand,
  heldBack,
  maxLookUps,
  notFinished,
  reasonOf,
} from '../refusals/parking-reasons.js';
import type { DueAccount } from './due-accounts.query.js';

/** Maximum of operations of one account in a row: a plan that never ends is a fault, and must not block a slot. */
const maxSteps = 500;

/**
 * Works on one account until there is no difference, it must wait, or a person must look. Each intent is stored before
 * its call, together with the outcome of the former call.
 */
export class AccountTask {
  private overtaken = false;
  private doubted: boolean;
  private readonly record: AccountRecord;
  private readonly setbacks = new Setbacks();
  private readonly deadlines: Deadlines;

  constructor(
    private readonly due: DueAccount,
    goalOf: () => Goal,
    private readonly context: TaskContext,
  ) {
    this.doubted = due.lookAgain;
    this.record = new AccountRecord(due, goalOf, context);
    this.deadlines = new Deadlines(due, context, this.record);
  }

  private get goal(): Goal {
    return this.record.goal;
  }

  private get state(): Account {
    return this.record.state;
  }

  /** @throws what the journal throws: nothing more was stored, and the account is tried again later */
  async run(): Promise<void> {
    if (this.doubted) await this.record.reload();
    for (let step = 0; step < maxSteps; step += 1) {
      if (step > 0 && (this.overtaken || this.context.ending())) {
        await this.record.stayDue();
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
    const next = plan(this.goal, this.record.withTakenUp(), policy, clock, this.setbacks.keys);
    switch (next.do) {
      case 'nothing':
      case 'await':
        if (this.setbacks.resume()) return false;
        this.record.noteDeletion();
        if (this.setbacks.any) return await this.giveUp();
        return next.do === 'await' ? await this.awaitPerson() : await this.finish();
      case 'wait':
        return await this.record.dueAt(next.untilMs);
      case 'close':
        this.setbacks.postpone(next.open, this.due.attempts);
        this.record.note(close(next.open, next.maybeGranted, this.context.now()));
        return false;
      case 'look': {
        if (!this.context.mayCall()) return await this.record.stayDue();
        this.setbacks.postpone(next.open, this.due.attempts);
        const found = await this.context.calls.look(next.open, this.goal.active, this.due.priority);
        return await this.onResult(next.open, found);
      }
      case 'question':
        this.record.note(
          renamedThere(this.record.foundOut(this.state.accountId, next.entitlement), this.context.now()),
        );
        return await this.record.end({ parked: reasonOf(next) });
      case 'refuse':
      case 'park':
        return await this.record.end({ parked: reasonOf(next) });
      case 'find':
        return this.context.mayCall() ? await this.find() : await this.record.stayDue();
      case 'operate':
        return await this.attempt(next);
    }
  }

  private async attempt(next: Operate): Promise<boolean> {
    if (!this.context.mayCall()) return await this.record.stayDue();
    const limit = limitOf(next, this.due, this.record, this.context);
    if (limit !== null) return await this.record.end({ parked: heldBack(limit) });
    const waitMs = this.context.waitUntilMs(next, this.due.identityId);
    return waitMs === null ? await this.operate(next) : await this.hold(next, waitMs);
  }

  /** The application refuses this kind of call to everybody, or most accounts: it keeps no other change of the account. */
  private async hold(next: Pick<Operate, 'kind' | 'entitlement'>, untilMs: number): Promise<boolean> {
    if (this.setbacks.hold(next, untilMs)) return false;
    return await this.record.dueAt(untilMs);
  }

  private async operate(wanted: Operate): Promise<boolean> {
    const asking = { open: () => this.record.foundOut(this.state.accountId), priority: this.due.priority };
    const found = await completed(wanted, this.context, asking);
    if (found.is !== 'ready') return await this.notReady(found);
    const { next } = found;
    const before = this.state;
    this.record.note(intentOf(this.record.about(), next, this.record.when()));
    crashPoint('provisioning.before-intent');
    await this.record.flush(null);
    crashPoint('provisioning.after-intent');
    const { open } = this.state;
    if (open === null) throw new Error('an intent opens an operation');
    const result = await this.context.calls.perform(open, before, this.due.priority, next.matches);
    crashPoint('provisioning.after-call');
    return await this.onResult(open, result);
  }

  /** Everything is as desired: what the application made for it is read, once. */
  private async finish(): Promise<true> {
    const { accountId, status, pulled: known } = this.state;
    const isThere = this.goal.active && accountId !== null && status === 'active';
    if (!isThere || (this.context.pull.length === 0 && known === undefined)) return await this.record.finish();
    const { priority } = this.due;
    const asking = { about: this.record.about(), open: () => this.record.foundOut(accountId), priority };
    const { fact, missing } = await pulled(this.state, this.context, asking);
    return await this.record.finish(endOfPull(missing, this.record), fact);
  }

  /** The operation cannot be started: the account waits, or a person must look. */
  private async notReady(found: Exclude<Completed, { readonly is: 'ready' }>): Promise<true> {
    if (found.is === 'for-person') return await this.record.park(found.reason);
    return await this.notAsked(found.failure);
  }

  /** The application could not be asked what the account needs. */
  private async notAsked(failure: FailureTerms): Promise<true> {
    if (isAboutEverybody(failure)) return await this.record.stayDue();
    const { code, detail } = failure;
    return this.deadlines.isPast ? await this.record.park({ code, detail }) : await this.record.later();
  }

  /** What is missing of the person comes with a message: one that does not come in time is for a person. */
  private async awaitPerson(): Promise<true> {
    if (!this.deadlines.isAttributeLate) return await this.record.awaitPerson();
    return await this.record.end({ parked: attributesMissing(this.goal.awaited?.sources ?? []) });
  }

  /** Records the result of an operation; true if the account must wait, or a person must look. */
  private async onResult(open: OpenOperation, answer: CallResult): Promise<boolean> {
    if (answer.is === 'failed' && (await this.isUnknown(open, answer.failure))) return true;
    const result = asTransient(open, answer, this.state, this.context.now());
    const held = await heldName(open, result, this.due.identityId, this.context);
    if (held !== null) return await this.waitForName(open, held, nameTaken(result));
    const { place } = this.context;
    this.record.note(toFact({ ...open, place: place.id }, result, this.context.now()));
    switch (result.is) {
      case 'created':
        await place.made();
        return false;
      case 'disputed':
        if (result.code === unkeptId && !this.goal.active) return false;
        return await this.record.end({ parked: { code: result.code, detail: result.detail } });
      case 'gone':
        // The account is unknown now: search for it again, but not at once, because the address may be wrong.
        return this.state.status !== 'deleted' && (await this.record.later());
      case 'done':
        return result.inactive === true && (await this.isDisabledThere(open));
      case 'failed':
        return await this.afterFailure(open, result.failure);
      default:
        return false;
    }
  }

  /** Nothing new is known of what became of it: it is looked at again later. */
  private async isUnknown(open: OpenOperation, { code, ticket, pastInMs = 0 }: FailureTerms): Promise<boolean> {
    if (code === 'not-found-yet') return await this.checkPeriodically(open);
    if (ticket === undefined || ticket !== open.lost?.ticket) return false;
    if (this.deadlines.isUnfinished(open)) return await this.record.end({ parked: notFinished });
    return await this.record.askAgain(pastInMs);
  }

  private async afterFailure(open: OpenOperation, failure: FailureTerms): Promise<boolean> {
    // Accepted: the application says when it was done, however long that takes.
    if (failure.ticket !== undefined) return await this.record.askAgain(failure.pastInMs ?? 0);
    const refusal = refusalOf(open, failure, { willRetry: willRetry(failure), active: this.goal.active });
    if (refusal !== null) return await this.refused(open, failure, refusal);
    if (isAboutEverybody(failure)) return await this.record.stayDue();
    const { code, detail } = failure;
    if (!willRetry(failure))
      return this.isHeld(open, failure)
        ? await this.record.later()
        : await this.record.end({ parked: { code, detail } });
    const nowMs = Date.parse(this.context.now());
    if (await this.shouldGiveUp(failure, nowMs)) return await this.record.park({ code, detail });
    const maxMs = Math.min(missingLeftMs(this.state.missingSince, nowMs), failure.pastInMs ?? Infinity);
    return await this.record.later({ minMs: failure.effectUnknown ? lateEffectMs : 0, maxMs });
  }

  /** The application refuses this change: the others are made without it. */
  private async refused(open: OpenOperation, failure: FailureTerms, refusal: Refusal): Promise<boolean> {
    if (this.isHeld(open, failure) && this.goal.active) {
      const waitMs = this.context.backoffMs(this.record.attempts);
      return await this.hold(open, Date.parse(this.context.now()) + waitMs);
    }
    this.setbacks.refuse(open, refusal);
    return false;
  }

  /** Others get the same refusal: this one is tried again with them. */
  private isHeld(open: OpenOperation, failure: FailureTerms): boolean {
    return !willRetry(failure) && this.context.refusals.isHeld(open) && !this.deadlines.isPast;
  }

  /** Somebody disabled an account that should be active: a person decides. */
  private async isDisabledThere(open: OpenOperation): Promise<boolean> {
    if (!this.goal.active || this.state.status !== 'active') return false;
    this.record.note(disabledThere(open, this.context.now()));
    return await this.record.end({ parked: disabledByHand });
  }

  /** The look-up had no result: the operation stays open. The next look-up is at the latest when its call is over. */
  private async checkPeriodically(open: OpenOperation): Promise<true> {
    if (this.record.attempts >= maxLookUps) return await this.record.end({ parked: creationUnconfirmed });
    const leftMs = Date.parse(open.startedAt) + callTimeoutMs - Date.parse(this.context.now());
    return await this.record.later({ minMs: lateEffectMs, maxMs: leftMs > 0 ? leftMs : Infinity });
  }

  /** The account is known from another place: is it here? */
  private async find(): Promise<boolean> {
    this.doubted = false;
    const { accountId, former, place: known } = this.state;
    const { calls, place } = this.context;
    const { identityId, priority } = this.due;
    const sought = accountId === null ? former : { accountId, ...writtenNames(this.state), place: known };
    if (sought === null) throw new Error('there is an account to be found');
    const open = this.record.foundOut(sought.accountId);
    const result = await calls.find(open, { ...sought, identityId }, priority);
    if (result.is === 'failed') {
      return await this.notAsked(result.failure);
    }
    if (result.is === 'disputed')
      return await this.record.end({ parked: { code: result.code, detail: result.detail } });
    const isHere = result.is === 'adopted' && result.accountId === accountId;
    if (isHere) await place.join(known);
    else if (result.is === 'gone' && !place.isMeant(sought.place))
      return await this.record.end({ parked: place.elsewhere });
    else this.record.note(toFact(open, result, this.context.now()));
    return false;
  }

  /**
   * Another account of the hub has the name: the one that gives it up goes first. Two that wait for each other would
   * wait for ever: so one of them takes a temporary name. An account that does not get its name is parked.
   */
  private async waitForName(open: OpenOperation, { name, holder }: HeldName, taken: CallResult): Promise<boolean> {
    this.record.note(toFact(open, taken, this.context.now()));
    if (holder.idle) await this.context.askForName(name, holder.identityId, this.due.identityId);
    const aside = temporaryName(name, this.due.identityId);
    if (mayStepAside(holder, aside, this.record, this.context))
      return await this.operate(rename(aside, this.goal.because));
    const detail = taken.is === 'failed' ? taken.failure.detail : '';
    if (this.record.attempts >= this.context.mostAttempts)
      return await this.record.park({ code: nameTakenCode, detail, name });
    return await this.record.later();
  }

  /** An unexpected failure stopped the work on the account: it counts as an attempt, with its reason. */
  async failed(error: unknown): Promise<void> {
    const { code, detail } = unexpected(error);
    this.record.drop();
    if (this.record.attempts >= this.context.mostAttempts) await this.record.park({ code, detail });
    else await this.record.later();
  }

  private async shouldGiveUp(failure: FailureTerms, nowMs: number): Promise<boolean> {
    const { identityId, failingSince, priority } = this.due;
    const sinceMs = failingSince === null ? nowMs : Date.parse(failingSince);
    const othersSucceededMs = this.context.othersSucceededMs(identityId);
    const { attempts } = this.record;
    const { mostAttempts: most } = this.context;
    const over = attemptsExhausted(failure, { attempts, sinceMs, othersSucceededMs, most });
    if (over !== 'in-the-end') return over === 'yes';
    return this.deadlines.isPast || (await this.context.calls.readable(priority)) === null;
  }

  /** Everything else was done: a person must look at what was refused, unless it may still succeed. */
  private async giveUp(): Promise<true> {
    const { heldUntilMs } = this.setbacks;
    if (heldUntilMs !== null) return await this.record.dueAt(heldUntilMs);
    const parked = this.setbacks.forPerson(this.record.attempts >= this.context.mostAttempts);
    if (parked === undefined) return await this.record.later();
    return await this.record.park({ code: parked.code, detail: parked.detail });
  }
}
