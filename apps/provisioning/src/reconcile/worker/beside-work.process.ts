import type { DiscoverEntitlements } from '../../discovery/discovery.exports.js';
import type { GroupComparison } from '../../groups/groups.exports.js';
import type { ReadApplication } from '../../readings/readings.exports.js';
import type { OnDemand } from '../on-demand/on-demand.process.js';
import type { Rehearse } from '../rehearsal/rehearse.process.js';
import type { NameReleases } from '../look-ups/name-releases.js';

/** How often disabled accounts whose time is over are looked for. */
const deletionsMs = 10_000;
/** How often accounts are looked for whose manager has another account. */
const reportsMs = 1_000;
/** How often it is asked whether somebody asked for a person, at most. */
const demandMs = 250;
/** How often it is asked whether a reading is to be made. */
const readingMs = 1_000;

export interface BesideWorkOptions {
  readonly names: NameReleases;
  readonly groups: GroupComparison;
  readonly discovery: DiscoverEntitlements;
  /** What somebody asked for, for single persons: they wait for it. */
  readonly onDemand: OnDemand;
  /** Nothing of it is read as somebody's. */
  readonly rehearse: Rehearse;
  /** Takes minutes: nothing else waits for it. */
  readonly reading: ReadApplication;
  /** Has the disabled accounts deleted whose time is over. */
  readonly releaseDeletions: () => Promise<void>;
  /** Has the accounts written again that refer to an account with another id; resolves with how many such there were. */
  readonly releaseReports: () => Promise<number>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/**
 * What a worker looks for though nobody waits for it: names that became free, groups that somebody renamed, accounts that
 * are to be deleted, what the application has to grant, and readings that are asked for.
 */
export class BesideWork {
  private looking: Promise<void> | null = null;
  private reading: Promise<void> | null = null;
  private demanded: Promise<void> | null = null;

  private demandedAtMs = -Infinity;
  private deletionsAtMs = 0;
  private reportsAtMs = -Infinity;
  private readingAtMs = -Infinity;

  constructor(private readonly options: BesideWorkOptions) {}

  /** The application is asked in parallel with all other work, however slow it is. */
  async run(): Promise<void> {
    const { names, groups, discovery, onError } = this.options;
    this.demand();
    await names.release();
    await this.deletions();
    await this.reports();
    this.looking ??= names
      .run()
      .then(() => groups.run())
      .then(() => discovery.run())
      .catch(onError)
      .finally(() => (this.looking = null));
    this.read();
  }

  private demand(): void {
    if (performance.now() - this.demandedAtMs < demandMs) return;
    this.demandedAtMs = performance.now();
    this.demanded ??= this.options.onDemand
      .run()
      .catch(this.options.onError)
      .finally(() => (this.demanded = null));
  }

  private read(): void {
    if (performance.now() - this.readingAtMs < readingMs) return;
    this.readingAtMs = performance.now();
    const { rehearse, reading } = this.options;
    this.reading ??= rehearse
      .run()
      .then(() => reading.run())
      .catch(this.options.onError)
      .finally(() => (this.reading = null));
  }

  private async reports(): Promise<void> {
    if (performance.now() - this.reportsAtMs < reportsMs) return;
    this.reportsAtMs = performance.now();
    await this.options.releaseReports();
  }

  private async deletions(): Promise<void> {
    const nowMs = this.options.nowMs();
    if (nowMs < this.deletionsAtMs) return;
    this.deletionsAtMs = nowMs + deletionsMs;
    await this.options.releaseDeletions();
  }

  /** Resolves once nothing is under way. */
  get over(): Promise<void> {
    return Promise.all([this.looking, this.reading, this.demanded]).then(() => undefined);
  }
}
