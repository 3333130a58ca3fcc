import { isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { Lease } from '#libs/event-store/lease.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import { desiredChannel } from '../../accounts/accounts.exports.js';
import { DiscoverEntitlements } from '../../discovery/discovery.exports.js';
import { readOnly } from '../../targets/targets.exports.js';
import type { ReadApplication } from '../../readings/readings.exports.js';
import { OnDemand } from '../on-demand/on-demand.process.js';
import { pause } from './pause.js';
import { Rehearse } from '../rehearsal/rehearse.process.js';
import { readApplicationOf } from './reading-parts.process.js';
import type { ConnectorWorkerOptions } from './worker-options.js';

/** How often the worker looks for something to read, and checks its lease. */
const pollMs = 1_000;
const leaseRetryMs = 500;

/** Reads an application whose connector only observes. What it calls with cannot change anything there. */
export class ObservingWorker {
  private readonly stopping = new AbortController();
  private readonly pauses = new Wakeable(this.stopping.signal);
  private readonly lease: Lease;
  private readonly reading: ReadApplication;
  private readonly discovery: DiscoverEntitlements;
  private readonly onDemand: OnDemand;
  private readonly rehearse: Rehearse;
  private demanded: Promise<void> | null = null;
  private loop: Promise<void> | undefined;
  private acquired = false;
  private lapsed = false;

  constructor(private readonly options: ConnectorWorkerOptions) {
    const { row, storage, now } = options;
    this.lease = new Lease(storage.db, `connector.${row.id}`, options.holder);
    const target = readOnly(options.target);
    const mayCall = (): boolean => !this.stopping.signal.aborted && this.lease.held && row.status === 'running';
    const call = <T>(read: () => Promise<T>): Promise<T> => read();
    this.discovery = new DiscoverEntitlements({
      connector: row.id,
      target,
      store: storage.store,
      entitlements: storage.entitlements,
      runs: storage.discoveryRuns,
      lease: this.lease,
      call,
      now,
      mayCall,
    });
    this.onDemand = new OnDemand({ worker: { ...options, target }, workOn: null, call });
    this.rehearse = new Rehearse({ worker: options, call, mayCall, pause });
    this.reading = readApplicationOf(options, { target, discovery: this.discovery, lease: this.lease, call, mayCall });
  }

  start(): void {
    const off = this.options.storage.db.notifier.on(desiredChannel, () => this.pauses.wake());
    this.loop = this.work().finally(off);
  }

  /** True after the lease was lost: another process may work, and this worker must be replaced. */
  get over(): boolean {
    return this.lapsed;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.options.target.destroy();
    await this.loop;
    await this.demanded;
    await this.lease.release().catch(() => undefined);
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted && !this.lapsed) {
      try {
        if (await this.holds()) await this.read();
        else await this.pauses.wait(leaseRetryMs);
      } catch (error) {
        if (!this.stopping.signal.aborted && !isOutage(error)) this.options.onError(error);
        await this.pauses.wait(leaseRetryMs);
      }
    }
  }

  private async read(): Promise<void> {
    this.pauses.listen();
    this.demanded ??= this.onDemand
      .run()
      .catch(this.options.onError)
      .finally(() => (this.demanded = null));
    await this.rehearse.run();
    await this.reading.run();
    await this.discovery.run();
    await this.pauses.waitUnlessWoken(pollMs);
  }

  private async holds(): Promise<boolean> {
    if (this.acquired && !this.lease.held) this.lapse();
    else this.acquired ||= await this.lease.acquire({ force: this.options.takeover !== null });
    return this.acquired && !this.lapsed;
  }

  private lapse(): void {
    this.lapsed = true;
    this.options.onError(new LeaseLost(this.lease.name));
  }
}
