import { isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import type { Database } from '#libs/event-store/database.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { Lease } from '#libs/event-store/lease.js';
import { callTimeoutMs } from '#libs/scim/client/http-exchange.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { desiredBell } from '../accounts/desired-rows.js';
import type { Mapping } from '../accounts/mapping.js';
import { settleMs } from '../accounts/plan.js';
import type { Accounts } from '../accounts/accounts.stream.js';
import type { ConnectorRow } from '../connectors/connectors.query.js';
import { GroupDirectory } from '../groups/group-directory.js';
import type { Groups } from '../groups/groups.stream.js';
import { AccountTask, type TaskContext } from './account-task.js';
import { ApplicationCalls } from './application-calls.js';
import type { DueAccount, DueAccounts } from './due-accounts.query.js';
import { goalOf, mappingOf, policyOf } from './goal.js';
import type { Health } from './health.js';
import { Journal } from './journal.js';
import { Lanes } from './lanes.js';
import { Memberships } from './memberships.js';

export interface ConnectorWorkerOptions {
  readonly row: ConnectorRow;
  readonly store: EventStore;
  readonly db: Database;
  readonly accounts: Accounts;
  readonly groups: Groups;
  readonly due: DueAccounts;
  readonly health: Health;
  readonly client: ScimClient;
  readonly applications: () => Promise<readonly string[]>;
  readonly now: () => string;
  readonly chance: () => number;
  readonly holder: string;
  /** The former process is known to be dead since `startedMs`: its lease is ours, and its calls are over soon. */
  readonly heir: { readonly startedMs: number } | null;
  readonly onError: (error: unknown) => void;
}

/** Accounts worked on at a time, and those taken up at once. */
const mostTasks = 400;
const wave = 200;
/** Safety net beside the bell. */
const pollMs = 1_000;
const leaseRetryMs = 500;
const throttledMs = 5_000;
const authRetryMs = 60_000;

/** Makes one application match what is desired: takes up what is due, the most urgent first, and works it off. */
export class ConnectorWorker {
  private readonly lease: Lease;
  private readonly context: TaskContext;
  private readonly mapping: Mapping;
  private readonly running = new Map<string, Promise<void>>();
  private heldUntilMs = 0;
  private stopped = false;
  private rung = false;
  private wake: () => void = () => undefined;
  private loop: Promise<void> | undefined;

  constructor(private readonly options: ConnectorWorkerOptions) {
    const { row, store, db, accounts, groups, client, now, chance, holder, heir } = options;
    this.lease = new Lease(db, `connector.${row.id}`, holder);
    this.mapping = mappingOf(row.document);
    const nowMs = (): number => Date.parse(now());
    const overMs = (startedAtMs: number): number =>
      heir !== null && startedAtMs < heir.startedMs ? Math.min(startedAtMs + callTimeoutMs, heir.startedMs + settleMs) : startedAtMs + callTimeoutMs;
    const lanes = new Lanes(row.document.limits.concurrency);
    const directory = new GroupDirectory({
      connector: row.id, groups, client, create: row.document.groups.create, lease: this.lease, nowMs, overMs,
    });
    const memberships = new Memberships(client, directory, lanes);
    const calls = new ApplicationCalls({ client, lanes, groups: directory, memberships, targets: this.mapping.targets });
    const journal = new Journal(store, accounts, this.lease, now);
    const holdUp = (why: 'throttled' | 'auth', retryAfterMs: number | null): number => this.holdUp(why, retryAfterMs);
    this.context = { connector: row.id, policy: policyOf(row.document), journal, calls, now, chance, overMs, holdUp };
  }

  start(): void {
    const off = this.options.db.doorbell.on(desiredBell, () => this.ring());
    this.loop = this.work().finally(off);
  }

  /** Ends calls under way; what they did is found out by whoever goes on. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ring();
    await this.loop;
    await this.options.client.destroy();
    await Promise.allSettled(this.running.values());
    await this.lease.release().catch(() => undefined);
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      try {
        if (!this.lease.held && !(await this.lease.acquire({ force: this.options.heir !== null }))) {
          await this.pause(leaseRetryMs);
          continue;
        }
        this.rung = false;
        const taken = await this.takeUp();
        if (taken < wave && !this.rung) await this.pause(this.sleepMs());
      } catch (error) {
        if (!isOutage(error)) this.options.onError(error);
        await this.pause(leaseRetryMs);
      }
    }
  }

  /** Starts work on what is due; returns how much that was. */
  private async takeUp(): Promise<number> {
    const { row, due, applications, now } = this.options;
    if (Date.parse(now()) < this.heldUntilMs) return 0;
    const urgentOnly = row.status === 'paused' || this.running.size >= mostTasks;
    let taken = 0;
    for (const application of await applications()) {
      const found = await due.of(row.id, application, now(), wave, [...this.running.keys()], urgentOnly ? 0 : 1);
      for (const one of found) this.begin(one);
      taken += found.length;
    }
    return taken;
  }

  private begin(one: DueAccount): void {
    const goal = goalOf(one.body, { epoch: one.epoch, sequence: one.sequence }, this.mapping);
    const task = new AccountTask(one, goal, this.context)
      .run()
      .then(() => this.options.health.working(this.options.row.id))
      .catch((error: unknown) => {
        if (!this.stopped && !isOutage(error) && !(error instanceof LeaseLost)) this.options.onError(error);
        // Nothing more of it was stored: it is due again, a little later, so that a lasting fault does not spin.
        return new Promise<void>((done) => setTimeout(done, this.stopped ? 0 : leaseRetryMs));
      })
      .finally(() => {
        this.running.delete(one.identityId);
        this.ring();
      });
    this.running.set(one.identityId, task);
  }

  private holdUp(why: 'throttled' | 'auth', retryAfterMs: number | null): number {
    const nowMs = Date.parse(this.options.now());
    const untilMs = nowMs + (why === 'auth' ? authRetryMs : (retryAfterMs ?? throttledMs));
    this.heldUntilMs = Math.max(this.heldUntilMs, untilMs);
    this.options.health.held(this.options.row.id, why === 'auth' ? 'auth-failed' : 'throttled');
    return untilMs;
  }

  private sleepMs(): number {
    const held = this.heldUntilMs - Date.parse(this.options.now());
    return held > 0 ? Math.min(held, pollMs) : this.running.size > 0 ? pollMs / 4 : pollMs;
  }

  private ring(): void {
    this.rung = true;
    this.wake();
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
