import { traced } from '#libs/system/traceparent.js';
import { isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { type SeenExchange, watched } from '#libs/outgoing/seen-exchange.js';
import { desiredChannel } from '../../accounts/accounts.exports.js';
import { permittedPerSecond } from '../../connectors/connectors.exports.js';
import { AccountTask } from './account-task.process.js';
import type { ApplicationCallsOptions } from '../calls/application-calls.process.js';
import { Demands } from './demands.js';
import type { DueAccount, DueSearch } from './due-accounts.query.js';
import { nameOf } from '../refusals/refusals.js';
import { termsOf } from './reapplication.store.js';
import { leftOutBy, Room } from './room.js';
import type { ConnectorWorkerOptions } from './worker-options.js';
import { workerParts, type WorkerParts } from './worker-parts.process.js';

/** Poll interval in case a notification is lost. */
const pollMs = 1_000;
/** How often the worker checks that it holds its lease. */
const watchMs = 250;
/** How long calls under way may take to end by themselves when the worker ends. */
const drainMs = 5_000;
const leaseRetryMs = 500;
/** How often active accounts are counted. */
const countMs = 60_000;

const heldWords = 'the application is not called for now: see the health of the connector';
const notReleased = 'the person waits for the release of a preview that shows them: release them first';

/** Makes one application match the desired access: starts work on due accounts, most urgent first. */
export class ConnectorWorker {
  private readonly parts: WorkerParts;
  private readonly room: Room;
  private readonly running = new Map<string, { readonly task: AccountTask; readonly over: Promise<void> }>();
  private terms = '';
  /** Applications whose accounts are all due under this document, or done. */
  private readonly reapplied = new Set<string>();
  private countAtMs = 0;
  private acquired = false;
  private lapsed = false;
  private readonly stopping = new AbortController();
  private readonly pauses = new Wakeable(this.stopping.signal);
  private readonly demands = new Demands(() => this.pauses.wake());
  private loop: Promise<void> | undefined;

  constructor(private readonly options: ConnectorWorkerOptions) {
    const ending = (): boolean => this.stopping.signal.aborted;
    this.room = new Room(permittedPerSecond(options.row.document));
    this.parts = workerParts(options, {
      ending,
      recordOutcome: this.recordOutcome,
      workOn: (asked) => this.demands.ask(asked),
    });
  }

  private readonly recordOutcome: ApplicationCallsOptions['recordOutcome'] = (operation, failure) => {
    const { health, row, now } = this.options;
    const { identityId } = operation;
    const hold = this.parts.gate.record(identityId, failure);
    const waiting = this.parts.refusals.record(operation, identityId, failure);
    if (failure === null) this.parts.well.record(identityId, Date.parse(now()));
    const quarantined = this.parts.quarantine.state;
    if (hold !== null) health.held(row.id, hold);
    else if (quarantined !== null) health.quarantined(row.id, quarantined);
    else if (this.parts.refusals.held.length > 0) health.refusing(row.id, this.parts.refusals.held);
    else if (failure === null) health.working(row.id);
    if (waiting.length > 0) this.release(nameOf(operation), waiting).catch(this.options.onError);
  };

  start(): void {
    const off = this.options.storage.db.notifier.on(desiredChannel, () => this.pauses.wake());
    const watch = setInterval(() => this.watch(), watchMs);
    this.loop = this.work().finally(() => {
      off();
      clearInterval(watch);
    });
  }

  /** True after the lease was lost: another process may work, and this worker must be replaced. */
  get over(): boolean {
    return this.lapsed;
  }

  /** Waits a while for running calls. The next worker finds out what the others did. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    this.demands.close();
    const ended = Promise.allSettled([...this.running.values()].map(({ over }) => over));
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([ended, new Promise((done) => (timer = setTimeout(done, drainMs)))]);
    clearTimeout(timer);
    await this.options.target.destroy();
    await Promise.all([ended, this.parts.beside.over, this.parts.refusalWriter.over, this.parts.quarantineKeeper.over]);
    await this.parts.lease.release().catch(() => undefined);
  }

  /** A lease cannot stop a running call: when the lease ends by the clock of this process, calls are aborted at once. */
  private watch(): void {
    if (!this.acquired || this.lapsed || this.stopping.signal.aborted || this.parts.lease.held) return;
    this.lapsed = true;
    this.stopping.abort();
    this.options.target.destroy().catch((error: unknown) => this.options.onError(error));
    this.options.onError(new LeaseLost(this.parts.lease.name));
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (!this.acquired && !(await this.acquire())) {
          await this.pauses.wait(leaseRetryMs);
          continue;
        }
        this.pauses.listen();
        await this.findPlace();
        await this.parts.directory.open();
        await this.countAccounts();
        await this.parts.beside.run();
        const more = await this.reapply();
        const taken = await this.startDue();
        await this.startDemanded();
        if (taken < this.room.wave && !more) await this.pauses.waitUnlessWoken(this.idleMs());
      } catch (error) {
        if (!isOutage(error)) this.options.onError(error);
        await this.pauses.wait(leaseRetryMs);
      }
    }
  }

  private async acquire(): Promise<boolean> {
    const { takeover, health, row, storage } = this.options;
    const held = await this.parts.lease.acquire({ force: takeover !== null });
    if (!held) return false;
    health.begun(row.id);
    this.parts.refusals.restore(await storage.refusals.of(row.id));
    await this.restoreQuarantine();

    if (this.parts.refusals.held.length > 0) health.refusing(row.id, this.parts.refusals.held);
    this.acquired = true;
    return true;
  }

  private async restoreQuarantine(): Promise<void> {
    const { row, storage, health } = this.options;
    const kept = await storage.quarantines.of(row.id, row.version);
    this.parts.quarantine.restore(kept);
    if (kept !== null) health.quarantined(row.id, kept);
  }

  /** Checks whether the known accounts are at this place. Until then no decision depends on it. */
  private async findPlace(): Promise<void> {
    if (this.parts.gate.held) return;
    try {
      await this.parts.place.find();
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const hold = this.parts.gate.record('', error.terms);
      if (hold !== null) this.options.health.held(this.options.row.id, hold);
    }
  }

  /** What the limit of removals is counted from: before the work, so that no removal waits for it. */
  private async countAccounts(): Promise<void> {
    const { row, storage, now } = this.options;
    const nowMs = Date.parse(now());
    if (nowMs < this.countAtMs) return;
    const { guard } = this.parts;
    const lately = this.countAtMs === 0 ? await storage.removals.lately(row.id, now()) : [];
    guard.restore(lately);
    guard.counted((await storage.removals.activeAccounts(row.id)) + lately.length);
    this.countAtMs = nowMs + countMs;
  }

  /** Makes all accounts due for this document and place, page by page; true while there is more. */
  private async reapply(): Promise<boolean> {
    const { row, applications, now, storage } = this.options;
    let more = false;
    const terms = `${termsOf(row.document)}${this.parts.place.terms}`;
    if (terms !== this.terms) this.reapplied.clear();
    this.terms = terms;
    const served = await applications();
    for (const application of this.reapplied) if (!served.includes(application)) this.reapplied.delete(application);
    for (const application of served) {
      if (this.reapplied.has(application)) continue;
      if (await storage.reapplication.next(application, row.id, this.terms, now())) more = true;
      else this.reapplied.add(application);
    }
    return more;
  }

  /** Starts work on due accounts; returns their number. */
  private async startDue(): Promise<number> {
    const { row, applications } = this.options;
    const most = this.room.for(this.parts.gate.room, this.running.size);
    const lowest = this.room.leastUrgent(row.status, this.running.size);
    let taken = 0;
    for (const application of await applications()) {
      if (this.running.size > 0) await this.yieldTo(application);
      if (taken >= most) continue;
      const except = [...this.running.keys(), ...this.parts.gate.triedBy];
      const found = await this.due({ application, limit: most - taken, except, lowest });
      const isFull = found.length === most - taken && row.status === 'running' && this.parts.gate.room === 'all';
      const left = isFull
        ? await this.leftOut(application, [...except, ...found.map((one) => one.identityId)], found)
        : [];
      for (const one of [...found, ...left]) void this.begin(one);
      taken += found.length;
    }
    if (taken === 0 && most > 0) this.parts.gate.triedByAll();
    return taken;
  }

  /** A share of what is less urgent than all that was taken: none waits without end while more urgent work goes on coming. */
  private async leftOut(
    application: string,
    except: readonly string[],
    found: readonly DueAccount[],
  ): Promise<DueAccount[]> {
    const left: DueAccount[] = [];
    for (const lowest of leftOutBy(found))
      left.push(...(await this.due({ application, limit: this.room.share, except, lowest, exactly: true })));
    return left;
  }

  private due(
    search: Pick<DueSearch, 'application' | 'limit' | 'except' | 'lowest' | 'only' | 'exactly'>,
  ): Promise<DueAccount[]> {
    const { row, storage, now } = this.options;
    const { readsManager } = this.parts.rules;
    return storage.due.of(row.id, { ...search, now: now(), readsManager, pilot: row.pilot });
  }

  /** Starts work on people whom somebody asked for; while somebody is worked on already, it waits. */
  private async startDemanded(): Promise<void> {
    for (const demand of this.demands.take()) {
      const { identityId: only, prepare, see, end } = demand;
      if (this.running.has(only)) void this.running.get(only)?.over.then(() => this.demands.again(demand));
      else if (this.parts.gate.held) end(heldWords);
      else {
        await prepare();
        const [one] = await this.dueOf(only);
        if (one === undefined) end(notReleased);
        else void this.begin(one, see).then(() => end(null));
      }
    }
  }

  private async dueOf(only: string): Promise<DueAccount[]> {
    for (const application of await this.options.applications()) {
      const found = await this.due({ application, limit: 1, except: [], lowest: 2, only });
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Removals of access do not wait for running work that gives access. */
  private async yieldTo(application: string): Promise<void> {
    const held = [...this.running.values()].map(({ task }) => task.version);
    for (const identity of await this.options.storage.due.overtaken(application, held))
      this.running.get(identity)?.task.overtake();
  }

  private begin(one: DueAccount, see: ((exchange: SeenExchange) => void) | null = null): Promise<void> {
    this.parts.gate.tries(one.identityId);
    const { rules, context } = this.parts;
    const task = new AccountTask(one, () => rules.goal(one), context);
    const run = (): Promise<void> => (see === null ? task.run() : watched(see, () => task.run()));
    const over = traced(one.correlationId, one.messageId, run)
      .catch((error: unknown) => this.broken(task, error))
      .finally(() => {
        this.running.delete(one.identityId);
        this.pauses.wake();
      });
    this.running.set(one.identityId, { task, over });
    return over;
  }

  /**
   * Nothing more of the account was stored. If it is not an outage, it counts as an attempt, so that the attempts end.
   */
  private async broken(task: AccountTask, error: unknown): Promise<void> {
    const passes = this.stopping.signal.aborted || isOutage(error) || error instanceof LeaseLost;
    if (!passes) {
      this.options.onError(error);
      try {
        await task.failed(error);
        return;
      } catch (again) {
        this.options.onError(again);
      }
    }
    // It is due again a little later, so that a lasting fault does not loop.
    await new Promise<void>((done) => setTimeout(done, this.stopping.signal.aborted ? 0 : leaseRetryMs));
  }

  /** A kind of call works again: accounts that were parked for its refusal are tried again. */
  private async release(call: string, identities: readonly string[]): Promise<void> {
    const { storage, applications, now } = this.options;
    await storage.due.release(await applications(), identities, now());
    this.parts.refusalWriter.note(call);
    this.pauses.wake();
  }

  private idleMs(): number {
    if (this.parts.gate.held) return Math.min(this.parts.gate.leftMs, pollMs);
    return this.running.size > 0 ? pollMs / 4 : pollMs;
  }
}
