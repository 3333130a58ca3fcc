import type { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Lease } from '#libs/event-store/lease.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { type Page, reading, type ShownEntitlement, type Target } from '../targets/targets.exports.js';
import type { DiscoveryOutcome, DiscoveryRuns } from './discovery-runs.store.js';
import { miss, show, type Listed } from './entitlement.js';
import type { DiscoveredKind, EntitlementEvent } from './entitlement.events.js';
import { Entitlements } from './entitlements.stream.js';

export interface DiscoverEntitlementsOptions {
  readonly connector: string;
  readonly target: Pick<Target, 'entitlements'>;
  readonly store: EventStore;
  readonly entitlements: Entitlements;
  readonly runs: DiscoveryRuns;
  readonly lease: Lease;
  /** Calls the application beside all other work. */
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
  readonly now: () => string;
  readonly mayCall: () => boolean;
}

/** How often what an application grants is read: names and descriptions change seldom. */
const everyMs = 6 * 3_600_000;
/** Before the first reading: what people wait for goes first. */
const firstMs = 600_000;
/** After a reading that failed, and may succeed. */
const retryMs = 600_000;
/** How often it is asked whether a reading is due. */
const checkMs = 1_000;
/** Ids compared by one query. */
const page = 500;

export const discoveredKinds: readonly DiscoveredKind[] = ['group', 'role'];

/**
 * Reads what an application has to grant, page by page. What is as before is not written again. Only a reading that
 * showed everything says that something is gone.
 */
export class DiscoverEntitlements {
  private checkedAtMs = -Infinity;
  private planned = false;
  /** Two readings of one kind would write the same facts. */
  private reading: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: DiscoverEntitlementsOptions) {}

  /** Reads the kinds that are due. */
  async run(): Promise<void> {
    const { connector, target, runs, now, mayCall } = this.options;
    if (performance.now() - this.checkedAtMs < checkMs || !mayCall()) return;
    this.checkedAtMs = performance.now();
    const granted = discoveredKinds.filter((kind) => target.entitlements(kind) !== null);
    if (!this.planned) await runs.plan(connector, granted, later(now(), firstMs));
    this.planned = true;
    for (const kind of await runs.due(connector, granted, now())) await this.read(kind);
  }

  /** Reads one kind now, after what is being read. @returns how it ended; null when no call may be made any more */
  async read(kind: DiscoveredKind): Promise<DiscoveryOutcome | null> {
    const turn = this.reading.then(() => this.readNow(kind));
    this.reading = turn.catch(() => undefined);
    return await turn;
  }

  private async readNow(kind: DiscoveredKind): Promise<DiscoveryOutcome | null> {
    const { connector, runs, now } = this.options;
    await runs.plan(connector, [kind], now());
    const startedAt = now();
    await runs.begin(connector, kind, startedAt);
    const seen = new Set<string>();
    const end = async (outcome: DiscoveryOutcome, detail: string | null, waitMs: number): Promise<DiscoveryOutcome> => {
      const nextAt = later(now(), waitMs);
      await runs.end(connector, { kind, startedAt, finishedAt: now(), outcome, detail, found: seen.size, nextAt });
      return outcome;
    };
    try {
      const complete = await this.list(kind, seen);
      // It ended because no call may be made now: it is read again as soon as one may.
      if (!complete && !this.options.mayCall()) return null;
      if (complete) await this.conclude(kind, seen);
      return await end(complete ? 'complete' : 'incomplete', null, everyMs);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const isPassing = error.terms.class === 'transient' || error.terms.class === 'throttled';
      return await end('failed', error.terms.detail, isPassing ? retryMs : everyMs);
    }
  }

  /** @returns whether everything was shown */
  private async list(kind: DiscoveredKind, seen: Set<string>): Promise<boolean> {
    const { target, call, mayCall } = this.options;
    const source = target.entitlements(kind);
    let cursor: string | null = null;
    for (;;) {
      if (source === null || !mayCall()) return false;
      const from: string | null = cursor;
      const { items, next, complete }: Page<ShownEntitlement> = await call(() => source.list(from, reading));
      for (const { id } of items) seen.add(id);
      await this.compare(kind, items);
      if (next === null) return complete;
      cursor = next;
    }
  }

  private async compare(kind: DiscoveredKind, items: readonly ShownEntitlement[]): Promise<void> {
    const { connector, runs } = this.options;
    const listed = new Map(items.map((one): [string, Listed] => [one.id, listedOf(connector, kind, one)]));
    const known = await runs.known(connector, kind, [...listed.keys()]);
    const changed = [...listed.values()].filter((one) => {
      const state = known.get(one.id);
      return state === undefined || show(one, state).length > 0;
    });
    await this.record(
      changed.map((one) => ({
        id: Entitlements.idOf(connector, kind, one.id),
        decide: (state) => show(one, state),
      })),
    );
  }

  /** What was there before and was not shown is gone; and from now on what is unknown is not there. */
  private async conclude(kind: DiscoveredKind, seen: ReadonlySet<string>): Promise<void> {
    const { connector, runs } = this.options;
    let after = '';
    for (;;) {
      const ids = await runs.present(connector, kind, after, page);
      const missed = ids.filter((id) => !seen.has(id));
      await this.record(
        missed.map((id) => ({
          id: Entitlements.idOf(connector, kind, id),
          decide: (state) => miss({ connector, kind, id }, state),
        })),
      );
      after = ids.at(-1) ?? '';
      if (ids.length < page) break;
    }
    const listed: EntitlementEvent = { type: 'EntitlementsListed', v: 1, data: { connector, kind } };
    await this.record([
      { id: Entitlements.idOf(connector, kind, null), decide: (state) => (state.listed ? [] : [listed]) },
    ]);
  }

  private async record(
    changes: readonly {
      readonly id: string;
      readonly decide: (state: Awaited<ReturnType<Entitlements['load']>>['state']) => readonly EntitlementEvent[];
    }[],
  ): Promise<void> {
    if (changes.length === 0) return;
    const { store, entitlements, lease } = this.options;
    const loaded = await entitlements.loadMany(changes.map(({ id }) => id));
    const work = store.work();
    const causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null, bulk: true };
    for (const { id, decide } of changes) {
      const before = loaded.get(id);
      if (before !== undefined) entitlements.stage(work, before, decide(before.state), causation);
    }
    work.under(lease);
    await work.commit();
  }
}

/** What has no name goes by its id. */
function listedOf(connector: string, kind: DiscoveredKind, { id, name, description }: ShownEntitlement): Listed {
  return { connector, kind, id, name: name ?? id, description: description ?? null };
}

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();
