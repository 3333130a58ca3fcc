import { crashPoint } from '#libs/event-store/crash-point.js';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import {
  type Account,
  account as accountFold,
  type AccountEvent,
  Accounts,
  deletionNote,
  type Goal,
  inSyncBy,
  isSameVersion,
  type OpenOperation,
  type Outcome,
  takenUp,
  takenUpFact,
} from '../../accounts/accounts.exports.js';
import { triedAgainAt } from '../refusals/parking-reasons.js';
import type { DueAccount } from './due-accounts.query.js';
import { type About, causationOf, deletionOf, foundOutBy, inSyncOf, outOfScopeOf } from './intent.js';
import type { TaskContext } from './task-context.js';

/** Facts of a change that the application made: the account gets further. */
const changes: ReadonlySet<AccountEvent['type']> = new Set([
  ...(['AccountCreated', 'AccountAdopted', 'AccountUpdated', 'AccountDisabled', 'AccountEnabled'] as const),
  ...(['AccountDeleted', 'MembershipAdded', 'MembershipRemoved', 'RoleGranted', 'RoleRevoked'] as const),
]);

/** How often it is looked whether what is missing of a person has arrived, in case its message did not wake the worker. */
const awaitedMs = 60_000;

/** How the work on an account ends for now. */
export type Ending = Partial<Pick<Outcome, 'done' | 'attempts' | 'nextAttemptAt' | 'parked'>>;

/** What a task found out about its account, and how the account goes on after the task. */
export class AccountRecord {
  private stored: Loaded<Account>;
  private present: Account;
  private events: AccountEvent[] = [];
  private wanted: Goal | null = null;
  private gotFurther = false;
  private tookUp = false;

  constructor(
    private readonly due: DueAccount,
    private readonly goalOf: () => Goal,
    private readonly context: TaskContext,
  ) {
    this.present = due.state;
    this.stored = { id: Accounts.idOf(due.identityId, context.connector), state: due.state, version: due.version };
  }

  get goal(): Goal {
    return (this.wanted ??= this.goalOf());
  }

  /** As stored, and what was noted since. */
  get state(): Account {
    return this.present;
  }

  /** Attempts in a row that changed nothing in the application, with the present one. */
  get attempts(): number {
    return (this.gotFurther ? 0 : this.due.attempts) + 1;
  }

  /** Reads the account from its facts. */
  async reload(): Promise<void> {
    this.stored = await this.context.reload(this.stored.id);
    this.present = this.stored.state;
  }

  note(event: AccountEvent): void {
    this.events.push(event);
    this.gotFurther ||= changes.has(event.type);
    this.present = accountFold.evolve(this.present, event);
  }

  /** What there is to say about the deletion of a disabled account, also where something else of it was refused. */
  noteDeletion(): void {
    const note = deletionNote(this.goal, this.present, this.context.policy, this.context.now());
    if (note !== null) this.note(deletionOf(this.about(), this.present.because, note));
  }

  /** What was found and revoked counts as given by the hub, once the account is known: then it is taken away as everything else. */
  withTakenUp(): Account {
    const { accountId } = this.present;
    if (this.tookUp || accountId === null) return this.present;
    this.tookUp = true;
    for (const one of takenUp(this.goal, this.present)) this.note(takenUpFact(this.foundOut(accountId, one)));
    return this.present;
  }

  /** Drops what was noted and not stored. */
  drop(): void {
    this.events = [];
  }

  /** Stores what was noted, and the outcome of the task if it ends. */
  async flush(outcome: Outcome | null): Promise<void> {
    const events = this.events;
    this.events = [];
    this.stored = await this.context.journal.write(this.stored, events, causationOf(this.due), outcome);
  }

  /** Nothing is left to do: that the account is as desired, or out of scope, is noted if it was not known. */
  async finish(how: Ending = { done: true }, more: AccountEvent | null = null): Promise<true> {
    const { version, outOfScope, because } = this.goal;
    const last = inSyncBy(this.events.at(-1), version);
    const stated = outOfScope === true ? this.present.outOfScope : this.present.inSync;
    if (last !== null && outOfScope !== true) {
      this.events[this.events.length - 1] = last;
      this.present = { ...this.present, inSync: version };
    } else if (!isSameVersion(stated, version)) {
      this.note((outOfScope === true ? outOfScopeOf : inSyncOf)(this.about(), because));
    }
    if (more !== null) this.note(more);
    return await this.end(how);
  }

  async end(how: Ending): Promise<true> {
    const { application, identityId, epoch, sequence, attempts, asked } = this.due;
    const about = { application, identityId, epoch, sequence, asked };
    const { done = false, parked = null } = how;
    const nextAttemptAt = parked === null ? null : triedAgainAt(parked, this.context.now());
    await this.flush({ ...about, done: false, attempts, nextAttemptAt, parked, ...how });
    if (parked !== null) this.context.parked(identityId, parked.code);
    if (this.goal.active)
      this.context.ended(
        identityId,
        parked === null ? { is: done ? 'done' : 'waits' } : { is: 'parked', code: parked.code },
      );
    crashPoint('provisioning.after-outcome');
    return true;
  }

  /** A person must look; the attempt counts. */
  async park(parked: NonNullable<Outcome['parked']>): Promise<true> {
    return await this.end({ attempts: this.attempts, parked });
  }

  /** The account is due again then; that is no attempt. */
  async dueAt(atMs: number): Promise<true> {
    return await this.end({ nextAttemptAt: new Date(atMs).toISOString() });
  }

  /** The account is due at once again. */
  async stayDue(): Promise<true> {
    return await this.end({ nextAttemptAt: this.context.now() });
  }

  /** The account is due again after a pause that grows with its attempts, within these limits. */
  async later(limits: { readonly minMs?: number; readonly maxMs?: number } = {}): Promise<true> {
    return await this.end(this.again(limits));
  }

  /** Due again after a pause that grows with the attempts. */
  again({ minMs = 0, maxMs = Infinity } = {}): Ending {
    const waitMs = Math.min(Math.max(this.context.backoffMs(this.attempts), minMs), maxMs);
    const nextMs = Date.parse(this.context.now()) + waitMs;
    return { attempts: this.attempts, nextAttemptAt: new Date(nextMs).toISOString() };
  }

  /** The account is due again when the application is to be asked: that is no attempt. */
  async askAgain(inMs: number): Promise<true> {
    return await this.dueAt(Date.parse(this.context.now()) + inMs);
  }

  /** The account is due again with the message of its person, and otherwise from time to time: that is no attempt. */
  async awaitPerson(): Promise<true> {
    return await this.askAgain(awaitedMs);
  }

  /** An operation for a finding that needs no changing call. */
  foundOut(accountId: string | null, entitlement: EntitlementFields = { account: true }): OpenOperation {
    return foundOutBy({ ...this.about(), accountId }, entitlement, this.present.because, this.when());
  }

  about(): About {
    const { connector } = this.context;
    const { application, identityId } = this.due;
    return { connector, application, identityId, accountId: this.present.accountId, desired: this.goal.version };
  }

  when(): { readonly startedAt: string; readonly place: string } {
    return { startedAt: this.context.now(), place: this.context.place.id };
  }
}
