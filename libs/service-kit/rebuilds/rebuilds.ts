import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { isOutage } from '#libs/event-store/conflict.js';
import { EventStore, type StreamOfStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { countStreams, nextStreams, rebuildStreams } from '#libs/event-store/rebuild.js';
import type { Work } from '#libs/event-store/work.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '../timers/timers.js';
import type { DueTimer } from '../timers/timers.store.js';
import { foldsOf, ReadModelFolds } from './read-model-folds.store.js';
import { RebuildStore } from './rebuild.store.js';
import type { ReadModelsView, RebuildView } from './rebuilds.dto.js';

/** Timer of a rebuild that is under way; its key is the rebuild's id. */
const rebuildTimer = 'rebuild';
/** After this number of failures a page is folded stream by stream: streams that cannot be folded are left out and reported. */
const maxFailures = 5;
/** Names of streams in the answer about a rebuild that failed. */
const maxNamed = 10;
/** The time in which a process of the former version may still write rows. Afterwards such rows are written again. */
const secondPassMs = 60_000;

/** Where a rebuild stands. */
interface Step {
  readonly readModels: readonly string[];
  /** Position of the category among those of the service. */
  readonly category: number;
  /** Last stream that was folded; empty before the first. */
  readonly after: string;
  /** Streams that could not be folded. */
  readonly failed?: readonly string[];
  /** True while rows that a process of another version wrote in the meantime are written again. */
  readonly again?: boolean;
}

const isStep = hasShape<Step>({ readModels: 'list', category: 'any', after: 'text' });

type MessageFed = Readonly<Record<string, string>>;

/** Rebuilds read models from facts, page by page. Each page is a timer, so that after a restart the rebuild continues after the last page. */
@Injectable()
export class Rebuilds implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('rebuilds');
  private readonly rows: RebuildStore;
  private readonly folds: ReadModelFolds;

  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly clock: Clock,
  ) {
    this.rows = new RebuildStore(store.db);
    this.folds = new ReadModelFolds(store.db);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.startStale();
  }

  onModuleInit(): void {
    this.timers.handle(rebuildTimer, async (due, work) => {
      for (const timer of due) await this.next(timer, work);
    });
  }

  readModels(messageFed: MessageFed): ReadModelsView {
    const items = this.store.streams.flatMap(({ fold, readModels }) =>
      readModels.map(({ name, tables, notDerived = {} }) => ({
        name,
        tables,
        fold,
        notDerived: Object.entries(notDerived).map(([column, decidedBy]) => ({ column, decidedBy })),
      })),
    );
    return { items, messageFed: Object.entries(messageFed).map(([table, restatedBy]) => ({ table, restatedBy })) };
  }

  /** @param name of a read model, or one of its tables; null for all @throws InvalidInput for what is none */
  async start(name: string | null, caller: Caller, messageFed: MessageFed): Promise<RebuildView> {
    return await this.begin(this.namesOf(name, messageFed), caller.actor);
  }

  /**
   * Rebuilds the read models that another version of the service wrote, in the background. A running rebuild of them
   * continues instead. Called when the service starts.
   */
  async startStale(): Promise<void> {
    const stale = await this.folds.stale(this.store.streams);
    if (stale.length === 0) return;
    if (!(await this.folds.hasFacts())) {
      const work = this.store.work();
      this.folds.record(work, stale);
      await work.commit();
      return;
    }
    const names = [...new Set(stale.map(({ readModel }) => readModel))];
    const last = await this.rows.last(names);
    const covers = last?.status === 'running' && names.every((name) => last.readModels.includes(name));
    if (!covers) await this.begin(names, `service/${this.store.db.schema}`);
  }

  /** The read models whose lists and filters may still be wrong, and why; for `/health/ready`. */
  async findings(): Promise<string[]> {
    const stale = await this.folds.stale(this.store.streams);
    if (stale.length === 0) return [];
    const names = [...new Set(stale.map(({ readModel }) => readModel))];
    const last = await this.rows.last(names);
    const about = `another version wrote the rows of ${names.join(', ')}: lists and filters may show what it wrote`;
    if (last?.status === 'running')
      return [`${about}, until they are rebuilt (${last.processed} of ${last.total} streams)`];
    const why = last?.detail == null ? '' : ` (the last rebuild failed: ${last.detail})`;
    return [`${about}: run hub rebuild for this service${why}`];
  }

  private async begin(readModels: readonly string[], actor: string): Promise<RebuildView> {
    const id = uuidv7();
    const counts = await Promise.all(this.streamsOf(readModels).map((stream) => countStreams(this.store, stream)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const at = this.clock.now();
    const work = this.store.work();
    this.rows.add(work, { id, readModels, total, requestedBy: actor, at });
    const payload: Step = { readModels, category: 0, after: '' };
    this.timers.at(work, { kind: rebuildTimer, key: id, dueAt: at, payload });
    await work.commit();
    this.logger.warn({ message: 'rebuilds', readModels, actor });
    return await this.get(id);
  }

  async get(id: string): Promise<RebuildView> {
    return await this.rows.get(id);
  }

  private namesOf(name: string | null, messageFed: MessageFed): string[] {
    const all = this.store.streams.flatMap(({ readModels }) => readModels);
    const wanted = all.filter((model) => name === null || model.name === name || model.tables.includes(name));
    const names = [...new Set(wanted.map((model) => model.name))];
    if (name === null || names.length > 0) return names;
    const restatedBy = Object.hasOwn(messageFed, name) ? messageFed[name] : undefined;
    const known = [...new Set(all.map((model) => model.name))].join(', ');
    const detail =
      restatedBy === undefined
        ? `is no read model of this service: give ${known === '' ? 'none, for it has none' : `one of ${known}`}`
        : `is filled by messages, not by facts of this service: ${restatedBy}`;
    throw new InvalidInput([{ pointer: '/readModel', detail }]);
  }

  private streamsOf(readModels: readonly string[]): StreamOfStore[] {
    return this.store.streams.filter((stream) => stream.readModels.some(({ name }) => readModels.includes(name)));
  }

  private async next({ key: id, payload, failures }: DueTimer, work: Work): Promise<void> {
    const step = parsed<Step>(`rebuild ${id}`, isStep, payload);
    const { readModels, category, after } = step;
    const stream = this.streamsOf(readModels)[category];
    if (stream === undefined) {
      await this.end(id, step, work);
      return;
    }
    const names = await nextStreams(this.store, stream, after);
    const failed = failures < maxFailures ? [] : await this.oneByOne(stream, names, readModels);
    if (failures < maxFailures) await rebuildStreams(stream, names, readModels);
    this.rows.count(work, id, names.length);
    const last = names.at(-1);
    const place = last === undefined ? { category: category + 1, after: '' } : { category, after: last };
    this.goOn(id, { ...step, ...place, failed: [...(step.failed ?? []), ...failed] }, work);
  }

  /** Streams among these that cannot be folded; the others are. */
  private async oneByOne(
    stream: StreamOfStore,
    names: readonly string[],
    readModels: readonly string[],
  ): Promise<string[]> {
    const failed: string[] = [];
    for (const name of names) {
      try {
        await rebuildStreams(stream, [name], readModels);
      } catch (error) {
        if (isOutage(error)) throw error;
        failed.push(name);
        this.logger.error(error instanceof Error ? error : new Error(String(error)));
      }
    }
    return failed;
  }

  /** All streams were folded, or left out. */
  private async end(id: string, step: Step, work: Work): Promise<void> {
    const { readModels, failed = [], again = false } = step;
    const streams = this.streamsOf(readModels);
    const left = failed.length > 0 ? [] : await this.folds.tablesOfOtherFolds(this.store.streams, readModels);
    if (left.length > 0 && !again) {
      this.goOn(id, { readModels, category: 0, after: '', again: true }, work, secondPassMs);
      return;
    }
    const detail = whyFailed(failed, left);
    if (detail === null)
      this.folds.record(
        work,
        foldsOf(streams).filter(({ readModel }) => readModels.includes(readModel)),
      );
    this.rows.finish(work, id, this.clock.now(), detail);
  }

  private goOn(id: string, payload: Step, work: Work, inMs = 0): void {
    const dueAt = new Date(Date.parse(this.clock.now()) + inMs).toISOString();
    this.timers.at(work, { kind: rebuildTimer, key: id, dueAt, payload });
  }
}

/** Null where nothing failed. */
function whyFailed(failed: readonly string[], left: readonly string[]): string | null {
  if (failed.length > 0) {
    const named = failed.slice(0, maxNamed).join(', ');
    return `${failed.length} streams could not be folded (${named}): the log of the service says why`;
  }
  return left.length === 0
    ? null
    : `rows of another version are left in ${left.join(', ')}: another process writes them`;
}
