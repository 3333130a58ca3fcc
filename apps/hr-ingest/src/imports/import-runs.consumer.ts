import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { RecordWorkers, type StatedWorker, type WorkerOutcome } from '../workers/workers.exports.js';
import { Brake, type Impact } from '../brake/brake.exports.js';
import { HoldStore } from '../holds/holds.exports.js';
import { ImportChunks, type ChunkCounts, type NextChunk, type Rejection } from './import-chunk.store.js';
import { ImportLoop } from './import-loop.process.js';
import { ImportPace } from './import-pace.process.js';
import type { ImportRow } from './import-rows.input.js';

/** After this time an incomplete body is abandoned by its client or process; milliseconds. */
const abandonedMs = 3_600_000;

/**
 * Applies stored bodies, one import after the other, in pieces: effects, rejections and progress of a piece are one
 * transaction, so that after a crash the next process continues exactly at this point. Two processes may run this at
 * once; a piece takes effect for one of them.
 */
@Injectable()
export class ImportRuns implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('imports');
  private readonly loop: ImportLoop<NextChunk>;
  private begun: Promise<void> | undefined;

  constructor(
    private readonly chunks: ImportChunks,
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly pace: ImportPace,
    private readonly holds: HoldStore,
    private readonly brake: Brake,
  ) {
    this.loop = new ImportLoop(chunks, {
      next: () => this.chunks.next(),
      handle: (chunk) => this.handle(chunk),
      nameOf: ({ importId, seq }) => `${importId}/${seq}`,
      giveUp: (chunk) => this.giveUp(chunk),
    });
  }

  onApplicationBootstrap(): void {
    const since = new Date(Date.parse(this.clock.now()) - abandonedMs).toISOString();
    this.begun = this.chunks
      .discardAbandoned(since)
      .catch(() => undefined)
      .then(() => {
        this.loop.start();
      });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.loop.stop(), this.begun]);
  }

  private async handle(chunk: NextChunk): Promise<void> {
    await this.apply(chunk);
    await setImmediate();
    await this.pace.turn(this.loop.signal);
  }

  /** One piece: one query to load, one statement to write. */
  async apply(chunk: NextChunk): Promise<void> {
    const work = this.store.work();
    const readableRows = chunk.rows.filter((row) => 'fields' in row);
    const left = chunk.holds
      ? await this.holds.leftOut(
          chunk.importId,
          readableRows.map(({ line }) => line),
        )
      : none;
    const readable = readableRows.filter(({ line }) => !left.has(line));
    const outcomes = await this.commands.execute(
      new RecordWorkers(
        readable.map((row) => statedOf(row, chunk)),
        work,
      ),
    );
    const rejections = rejectionsOf(chunk.rows, readable, outcomes);
    if (!chunk.released) this.brake.count(work, chunk.actor, touchedBy(outcomes));
    this.chunks.advance(
      work,
      chunk,
      { ...countsOf(chunk.rows.length - readableRows.length, outcomes), held: left.size },
      rejections,
      this.clock.now(),
    );
    crashPoint('hr.import.mid-batch');
    await work.commit();
    crashPoint('hr.after-append');
  }

  private async giveUp(chunk: NextChunk): Promise<void> {
    const lines = `${chunk.rows.at(0)?.line ?? 0} to ${chunk.rows.at(-1)?.line ?? 0}`;
    const detail = `lines ${lines} could not be applied; all lines before them are applied. The failure is logged.`;
    this.logger.error(`import ${chunk.importId} failed: ${detail}`);
    await this.chunks.end(chunk.importId, 'failed', detail, this.clock.now()).catch(() => false);
  }
}

const none: ReadonlySet<number> = new Set();

type Readable = Extract<ImportRow, { fields: unknown }>;

/** Each row starts its own chain with the caller as actor: an import is not an event that could be its cause. */
function statedOf({ employeeId, fields }: Readable, { actor }: NextChunk): StatedWorker {
  const causation = { actor, correlationId: uuidv7(), causationId: null, bulk: true };
  return { employeeId, fields, absent: 'kept', causation };
}

const touchedBy = (outcomes: readonly WorkerOutcome[]): { kind: Impact; worker: string }[] =>
  outcomes.flatMap((outcome) =>
    outcome.result === 'rejected' || outcome.impact === null
      ? []
      : [{ kind: outcome.impact, worker: outcome.worker.worker }],
  );

function countsOf(unreadable: number, outcomes: readonly WorkerOutcome[]): Omit<ChunkCounts, 'held'> {
  const counts = { created: 0, changed: 0, terminated: 0, unchanged: 0, rejected: unreadable };
  for (const { result } of outcomes) counts[result] += 1;
  return counts;
}

function rejectionsOf(
  rows: readonly ImportRow[],
  readable: readonly Readable[],
  outcomes: readonly WorkerOutcome[],
): Rejection[] {
  const unreadable = rows.flatMap((row) =>
    'problems' in row
      ? row.problems.map((problem) => ({ line: row.line, employeeId: row.employeeId ?? null, ...problem }))
      : [],
  );
  const refused = outcomes.flatMap((outcome, index) =>
    outcome.result === 'rejected'
      ? outcome.problems.map((problem) => ({
          line: readable[index]?.line ?? 0,
          employeeId: readable[index]?.employeeId ?? null,
          ...problem,
        }))
      : [],
  );
  return [...unreadable, ...refused];
}
