import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { EventStore, type StreamOfStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { countStreams, rebuildPage } from '#libs/event-store/rebuild.js';
import type { Work } from '#libs/event-store/work.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '../timers/timers.js';
import type { DueTimer } from '../timers/timers.store.js';
import { RebuildStore } from './rebuild.store.js';
import type { ReadModelsView, RebuildView } from './rebuilds.dto.js';

/** Timer of a rebuild that is under way; its key is the rebuild's id. */
const rebuildTimer = 'rebuild';
/** A page that failed so often ends the rebuild. */
const maxFailures = 5;

/** Where a rebuild stands. */
interface Step {
  readonly readModels: readonly string[];
  /** Position of the category among those of the service. */
  readonly category: number;
  /** Last stream that was folded; empty before the first. */
  readonly after: string;
}

const isStep = hasShape<Step>({ readModels: 'list', category: 'any', after: 'text' });

type MessageFed = Readonly<Record<string, string>>;

/** Rebuilds read models from facts, page by page, each page a timer: a restart goes on where the last page ended. */
@Injectable()
export class Rebuilds implements OnModuleInit {
  private readonly logger = new Logger('rebuilds');
  private readonly rows: RebuildStore;

  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly clock: Clock,
  ) {
    this.rows = new RebuildStore(store.db);
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
    const readModels = this.namesOf(name, messageFed);
    const id = uuidv7();
    const counts = await Promise.all(this.streamsOf(readModels).map((stream) => countStreams(this.store, stream)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const at = this.clock.now();
    const work = this.store.work();
    this.rows.add(work, { id, readModels, total, requestedBy: caller.actor, at });
    const payload: Step = { readModels, category: 0, after: '' };
    this.timers.at(work, { kind: rebuildTimer, key: id, dueAt: at, payload });
    await work.commit();
    this.logger.warn({ message: 'rebuilds', readModels, actor: caller.actor });
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
    const { readModels, category, after } = parsed<Step>(`rebuild ${id}`, isStep, payload);
    const stream = this.streamsOf(readModels)[category];
    const now = this.clock.now();
    if (failures >= maxFailures || stream === undefined) {
      const detail = `stopped after ${after === '' ? 'nothing' : after}: the log of the service says why`;
      this.rows.finish(work, id, now, stream === undefined ? null : detail);
      return;
    }
    const { last, streams } = await rebuildPage(this.store, stream, after, readModels);
    this.rows.count(work, id, streams);
    const step = last === null ? { category: category + 1, after: '' } : { category, after: last };
    this.timers.at(work, { kind: rebuildTimer, key: id, dueAt: now, payload: { readModels, ...step } satisfies Step });
  }
}
