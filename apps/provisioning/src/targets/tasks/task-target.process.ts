import type { EntitlementKind } from '#libs/contracts/entitlement.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import { probeOf } from '../place-probe.process.js';
import { type Call, type EntitlementTarget, type KnownAccount, type Probe, reading, type Target } from '../target.js';
import { GivenTasks, type GivenTasksOptions } from './given-tasks.process.js';
import { TaskAccounts } from './task-accounts.process.js';
import { TaskEntitlements } from './task-entitlements.process.js';

/**
 * An application without an API: people make each change, and say that they did. What is read is what they said: for such an
 * application the word of its owner is what a reading is elsewhere.
 */
export class TaskTarget implements Target {
  readonly quietAfterMs = callTimeoutMs;
  readonly ask: NonNullable<Target['ask']>;
  readonly accounts: TaskAccounts;
  private readonly tasks: GivenTasks;
  private readonly place: string;
  private readonly granted: Readonly<Record<EntitlementKind, EntitlementTarget | null>>;

  constructor(options: GivenTasksOptions) {
    const { connector, book } = options;
    this.place = `tasks of ${connector}`;
    this.tasks = new GivenTasks(options);
    this.ask = this.tasks.ask;
    this.accounts = new TaskAccounts(connector, book, this.tasks);
    this.granted = {
      account: null,
      group: new TaskEntitlements('group', connector, book, this.tasks),
      role: new TaskEntitlements('role', connector, book, this.tasks),
    };
  }

  entitlements(kind: EntitlementKind): EntitlementTarget | null {
    return this.granted[kind];
  }

  async tryList(): ReturnType<Target['tryList']> {
    await this.accounts.list(null);
    return { status: 200, isList: true, date: null };
  }

  unknownPaths(): Promise<null> {
    return Promise.resolve(null);
  }

  /** The hub's own list is always the right place. */
  async probe(known: readonly KnownAccount[], call: Call = reading): Promise<Probe> {
    return await probeOf({ place: this.place, accounts: this.accounts }, known, call);
  }

  async destroy(): Promise<void> {
    await this.tasks.destroy();
  }
}
