import { crashPoint } from '#libs/event-store/crash-point.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { Lease } from '#libs/event-store/lease.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { DiscoveredKind } from '../discovery/discovery.exports.js';
import { discoveredKinds, type DiscoverEntitlements, type DiscoveryRuns } from '../discovery/discovery.exports.js';
import type { CompleteReading } from '../observed-access/observed-access.exports.js';
import { nextReadingAt, type ReadingSchedule, type Unread } from '../coverages/coverages.exports.js';
import type { Target } from '../targets/targets.exports.js';
import type { ReadingEnded } from './reading.events.js';
import { ListAccounts } from './list-accounts.process.js';
import { ListHolders } from './list-holders.process.js';
import type { ObservedAccounts } from './observed-accounts.store.js';
import type { ObservedHoldings } from './observed-holdings.store.js';
import type { Waiting } from './patient-calls.js';
import type { Doubted } from './plausibility.js';
import type { ReadingEnds } from './reading-ends.stream.js';
import type { ReadingEnd, ReadingPhase, Readings, ReadingView } from './readings.store.js';

export interface ReadApplicationOptions extends Waiting {
  readonly connector: string;
  readonly target: Pick<Target, 'accounts' | 'entitlements'>;
  readonly paths: readonly string[];
  /** When it is read without anybody asking. */
  readonly schedule: ReadingSchedule;
  readonly newId: () => string;
  readonly readings: Readings;
  readonly ends: ReadingEnds;
  readonly store: EventStore;
  readonly lease: Lease;
  /** Those that the connector serves. */
  readonly applications: () => Promise<readonly string[]>;
  readonly observed: ObservedAccounts;
  readonly holdings: ObservedHoldings;
  readonly discovery: Pick<DiscoverEntitlements, 'read'>;
  readonly runs: DiscoveryRuns;
  /** Calls the application beside all other work. */
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
  /** Says whose the observed accounts are. */
  readonly match: () => Promise<void>;
  /** Compares accounts with what the hub wrote. */
  readonly compare: (reading: {
    readonly reading: string;
    readonly startedAt: string;
    readonly firstReadAt: string | null;
    readonly listed: readonly DiscoveredKind[];
    readonly lease: Lease;
  }) => Promise<void>;
  /** Says what a complete reading showed of people. */
  readonly tell: (reading: Omit<CompleteReading, 'connector'>) => Promise<void>;
  readonly now: () => string;
}

/** What a reading showed. */
type ShownInAll = Pick<ReadingEnded['data'], 'startedAt' | 'accounts' | 'missing' | 'holdings' | 'holdingsComplete'>;

/** How often progress is written. */
const progressMs = 1_000;
/** A list that moved is read again; once more where the hub itself changed accounts meanwhile. */
const mostAttempts = { usual: 2, whileChanging: 3 } as const;

/** Makes the readings of one application that are asked for. */
export class ReadApplication {
  constructor(private readonly options: ReadApplicationOptions) {}

  /** Makes the reading that is asked for, or due by the schedule, if one is. */
  async run(): Promise<void> {
    const { connector, readings, mayCall } = this.options;
    if (!mayCall()) return;
    const reading = (await readings.open(connector)) ?? (await this.due());
    if (reading !== null) await this.make(reading);
  }

  private async due(): Promise<ReadingView | null> {
    const { connector, readings, schedule, newId, now } = this.options;
    if (schedule.every === null) return null;
    const requestedAt = now();
    const dueAt = nextReadingAt(schedule, await readings.newest(connector), requestedAt);
    if (dueAt === null || dueAt > requestedAt) return null;
    return await readings.ask({ id: newId(), connector, trigger: 'schedule', confirmed: null, requestedAt });
  }

  private async make(reading: ReadingView): Promise<void> {
    try {
      await this.read(reading);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      // The worker ends: the next one begins the reading again.
      if (!this.options.mayCall()) return;
      const end = { status: 'failed', reason: null, detail: error.terms.detail, notShown: [], unread: [] } as const;
      await this.end(reading, end, { startedAt: null, accounts: 0, missing: 0, holdings: 0, holdingsComplete: false });
    }
  }

  /** The end is a fact, too: others go by what was shown. */
  private async end(reading: ReadingView, end: ReadingEnd, shown: ShownInAll): Promise<void> {
    const { connector, applications, readings, ends, store, lease, now } = this.options;
    const { status, reason } = end;
    const endedAt = now();
    const data = {
      reading: reading.id,
      connector,
      applications: await applications(),
      status,
      reason,
      endedAt,
      ...shown,
    };
    const work = store.work();
    const before = await ends.load(reading.id);
    const causation = { actor: 'service/provisioning', correlationId: reading.id, causationId: null };
    ends.stage(work, before, before.state === null ? [{ type: 'ReadingEnded', v: 1, data }] : [], causation);
    readings.end(work, reading.id, end, endedAt);
    work.under(lease);
    crashPoint('provisioning.reading-before-end');
    await work.commit();
  }

  private async read(reading: ReadingView): Promise<void> {
    const { id, confirmed } = reading;
    const { readings, match, compare, tell, lease, now } = this.options;
    const listed = await this.accounts(id, confirmed);
    if (listed === null) return;
    const { list, doubted, startedAt } = listed;
    let holdings = 0;
    const progress = (phase: ReadingPhase): Promise<void> => readings.progress(id, phase, { ...list.counts, holdings });
    if (doubted === null) await list.conclude();
    await progress('entitlements');
    const unread: Unread[] = [];
    const whole: DiscoveredKind[] = [];
    for (const kind of discoveredKinds) {
      const held = await this.holders(kind);
      if (held === null) return;
      holdings += held.count;
      if (held.detail === null) whole.push(kind);
      else unread.push({ what: `${kind}s`, detail: held.detail });
    }
    await progress('matching');
    await match();
    if (doubted === null) {
      const firstReadAt = await readings.firstReadAt(this.options.connector);
      await compare({ reading: id, startedAt, firstReadAt, listed: whole, lease });
      await tell({ readingId: id, readAt: now(), firstReadAt, lease });
    }
    await progress('matching');
    const status = doubted === null ? 'completed' : 'held';
    const { reason, detail } = doubted ?? { reason: null, detail: unread.map((one) => one.detail).join('; ') || null };
    const { accounts, missing } = list.counts;
    const shown = { startedAt, accounts, missing, holdings, holdingsComplete: unread.length === 0 };
    await this.end(reading, { status, reason, detail, notShown: list.notShown, unread }, shown);
  }

  /** Reads the list of accounts; null when no call may be made any more. */
  private async accounts(
    id: string,
    confirmed: number | null,
  ): Promise<{ readonly list: ListAccounts; readonly doubted: Doubted | null; readonly startedAt: string } | null> {
    const { observed, readings, connector, now } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = now();
      const expected = await observed.present(connector);
      await readings.begin(id, expected, startedAt);
      const list = new ListAccounts(this.options);
      const complete = await list.run(this.progressOf(id, list));
      if (complete === null) return null;
      const doubted = await list.doubt(complete, { expected, startedAt, confirmed });
      const isTorn = doubted?.reason === 'incomplete' || doubted?.reason === 'shown-twice';
      if (!isTorn || !(await this.mayHelp(attempt, startedAt))) return { list, doubted, startedAt };
    }
  }

  private async mayHelp(attempt: number, startedAt: string): Promise<boolean> {
    const { observed, connector } = this.options;
    if (attempt < mostAttempts.usual) return true;
    return attempt < mostAttempts.whileChanging && (await observed.touchedSince(connector, startedAt));
  }

  private progressOf(id: string, list: ListAccounts): () => Promise<void> {
    let writtenMs = performance.now();
    return async () => {
      if (performance.now() - writtenMs < progressMs) return;
      writtenMs = performance.now();
      await this.options.readings.progress(id, 'accounts', { ...list.counts, holdings: 0 });
    };
  }

  /** Who holds what of a kind; null when no call may be made any more. */
  private async holders(
    kind: DiscoveredKind,
  ): Promise<{ readonly count: number; readonly detail: string | null } | null> {
    const { target, discovery, holdings, connector } = this.options;
    const source = target.entitlements(kind);
    if (source === null) return { count: 0, detail: null };
    const outcome = await discovery.read(kind);
    if (outcome === null) return null;
    await holdings.dropGone(connector, kind);
    try {
      const list = new ListHolders({ ...this.options, kind, source });
      const whole = await list.run();
      if (whole === null) return null;
      const detail = whole && outcome === 'complete' ? null : `not everything of kind ${kind} was shown`;
      return { count: list.count, detail };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      return { count: 0, detail: `${kind}: ${error.terms.detail}` };
    }
  }
}
