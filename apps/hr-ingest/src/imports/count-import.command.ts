import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, QueryBus, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { canonicalKey } from '#libs/text/text.js';
import { Clock } from '#libs/system/clock.js';
import { Brake, type Impact } from '../brake/brake.exports.js';
import { type HoldKind, type HoldReason, HoldStore, madeFact, type NewHold } from '../holds/holds.exports.js';
import { differAsPeople, foldOf, type Forecast, ForecastWorkers } from '../workers/workers.exports.js';
import { CountedImports, type Uncounted } from './counted-imports.store.js';
import { ImportPieces } from './import-pieces.store.js';
import type { ImportRow } from './import-rows.input.js';
import { FeedCounter } from './feed-counter.js';
import { MissingWorkers, type MissingWorker } from './missing-workers.store.js';

/** Counts what an import would do, before its first row is applied. Then the import continues, or is held. */
export class CountImport extends Command<void> {
  constructor(readonly uncounted: Uncounted) {
    super();
  }
}

type Readable = Extract<ImportRow, { fields: unknown }>;
interface Touched {
  readonly row: Readable;
  readonly forecast: Forecast;
}

/** What the count found for each row. */
interface Counted {
  readonly feed: FeedCounter;
  readonly touched: Readonly<Record<Impact, Map<string, Touched>>>;
  readonly holds: NewHold[];
  /** The line on which each number was stated first, by the folded number. */
  readonly lines: Map<string, number>;
  /** Numbers that a sound row states, in canonical form. */
  readonly stated: Set<string>;
  /** Numbers that more than one row states. */
  readonly repeated: Set<string>;
  lastRejected: boolean;
}

@CommandHandler(CountImport)
export class CountImportHandler implements ICommandHandler<CountImport> {
  private readonly logger = new Logger('imports');

  constructor(
    private readonly imports: CountedImports,
    private readonly pieces: ImportPieces,
    private readonly missing: MissingWorkers,
    private readonly holds: HoldStore,
    private readonly brake: Brake,
    private readonly store: EventStore,
    private readonly queries: QueryBus,
    private readonly clock: Clock,
  ) {}

  async execute({ uncounted }: CountImport): Promise<void> {
    const counted = await this.count(uncounted);
    const left = uncounted.mode === 'full' ? await this.missing.leftOut(uncounted, [...counted.lines.keys()]) : [];
    const reasons = await this.reasonsFor(uncounted, counted, left);
    const holds = await this.heldRows(uncounted, counted, left, reasons.length > 0);
    await this.decide(uncounted, counted, left, reasons, holds);
  }

  private async count(uncounted: Uncounted): Promise<Counted> {
    const counted: Counted = {
      feed: new FeedCounter(),
      touched: { leaving: new Map(), 'losing-access': new Map() },
      holds: [],
      lines: new Map(),
      stated: new Set(),
      repeated: new Set(),
      lastRejected: false,
    };
    counted.feed.rejected = uncounted.rejected;
    counted.feed.rows = uncounted.rejected;
    for await (const rows of this.pieces.rowsOf(uncounted)) {
      const readable = rows.filter((row) => 'fields' in row);
      const forecasts = await this.queries.execute(
        new ForecastWorkers(readable.map(({ employeeId, fields }) => ({ employeeId, fields, absent: 'kept' }))),
      );
      for (const row of rows) {
        counted.feed.rows += 1;
        if (!('fields' in row)) this.takeUnreadable(counted, row);
        if (JSON.stringify(row).includes('\ufffd')) counted.feed.addMisread();
      }
      counted.lastRejected = isRejected(rows.at(-1), readable.at(-1), forecasts.at(-1));
      readable.forEach((row, index) => {
        const forecast = forecasts[index];
        if (forecast !== undefined) this.take(uncounted, counted, { row, forecast });
      });
      await setImmediate();
    }
    if (counted.repeated.size > 0) await this.holdRepeated(uncounted, counted);
    return counted;
  }

  private takeUnreadable(counted: Counted, { line, employeeId }: Extract<ImportRow, { problems: unknown }>): void {
    counted.feed.rejected += 1;
    // A row that cannot be read still counts the person as present.
    if (employeeId !== undefined && !counted.lines.has(foldOf(employeeId))) counted.lines.set(foldOf(employeeId), line);
  }

  private take({ id, actor }: Uncounted, counted: Counted, { row, forecast }: Touched): void {
    const fold = foldOf(row.employeeId);
    if (!counted.lines.has(fold)) counted.lines.set(fold, row.line);
    if (forecast.rejected) {
      counted.feed.rejected += 1;
      return;
    }
    const number = canonicalKey(row.employeeId);
    if (counted.stated.has(number)) counted.repeated.add(number);
    counted.stated.add(number);
    if (forecast.otherPerson !== null) {
      counted.feed.others += 1;
      counted.holds.push(heldRow(id, actor, 'other-person', { row, forecast }, forecast.otherPerson.message));
    } else if (forecast.worker !== null) {
      counted.feed.addKnown(forecast.changes);
      if (forecast.impact !== null) counted.touched[forecast.impact].set(forecast.worker, { row, forecast });
    }
  }

  /** Rows with one number for different people: none of them is applied, and each names the other. */
  private async holdRepeated(uncounted: Uncounted, counted: Counted): Promise<void> {
    for (const same of await this.repeatedRows(uncounted, counted.repeated)) holdIfDifferent(uncounted, counted, same);
  }

  /** The rows with these numbers, grouped by number. */
  private async repeatedRows(uncounted: Uncounted, numbers: ReadonlySet<string>): Promise<readonly Readable[][]> {
    const rows = new Map<string, Readable[]>();
    for await (const chunk of this.pieces.rowsOf(uncounted)) {
      for (const row of chunk) {
        if (!('fields' in row)) continue;
        const number = canonicalKey(row.employeeId);
        if (numbers.has(number)) rows.set(number, [...(rows.get(number) ?? []), row]);
      }
    }
    return [...rows.values()];
  }

  /** Why the whole import must be held; empty if it may continue. */
  private async reasonsFor(
    { mode, cut, actor }: Uncounted,
    { feed, touched, lastRejected }: Counted,
    left: readonly MissingWorker[],
  ): Promise<HoldReason[]> {
    const { limits } = this.brake;
    const workers = left.map(({ worker }) => worker);
    const reasons: HoldReason[] =
      mode === 'full'
        ? feed.reasons(cut && lastRejected, left.length, await this.brake.employedInSameSources(workers), limits)
        : [];
    for (const kind of ['leaving', 'losing-access'] as const) {
      const ending = kind === 'leaving' ? left.filter(({ feeds }) => feeds > 0).map(({ worker }) => worker) : [];
      const people = new Set([...touched[kind].keys(), ...ending]);
      if ((await this.brake.judge(actor, kind, people)) === 'mass') reasons.push(kind);
    }
    return reasons;
  }

  /** Rows to hold one by one; if the whole import is held, all people whom it is about. */
  private async heldRows(
    { id, actor }: Uncounted,
    { touched, holds }: Counted,
    left: readonly MissingWorker[],
    whole: boolean,
  ): Promise<NewHold[]> {
    const rows = [...holds];
    for (const kind of ['leaving', 'losing-access'] as const) {
      const people = touched[kind];
      const braked = whole ? 'mass' : await this.brake.judge(actor, kind, new Set(people.keys()));
      if (braked === 'free') continue;
      for (const one of people.values()) rows.push(heldRow(id, actor, kind, one, detailOf[kind]));
    }
    if (whole) rows.push(...left.map((one) => heldMissing(id, actor, one)));
    return rows;
  }

  private async decide(
    uncounted: Uncounted,
    counted: Counted,
    left: readonly MissingWorker[],
    reasons: readonly HoldReason[],
    holds: readonly NewHold[],
  ): Promise<void> {
    const work = this.store.work();
    const { id, actor } = uncounted;
    const whole = reasons.length > 0;
    this.holds.add(work, holds);
    const lines = new Set(holds.flatMap(({ line }) => line ?? []));
    const more = whole ? [] : await this.missing.take(work, uncounted, left, [...counted.lines.keys()]);
    this.imports.counted(work, uncounted, { held: lines.size, reasons, more }, this.clock.now());
    if (holds.length > 0 || whole) {
      const kinds = whole ? reasons : [...new Set(holds.map(({ kind }) => kind))];
      const made = madeFact(id, whole ? 'import' : 'row', kinds, holds.length);
      work.append(`hold-${uuidv7()}`, 0, [made], { actor, correlationId: id, causationId: null });
    }
    await work.commit();
    if (whole)
      this.logger.warn(
        `import ${id} is held for ${reasons.join(', ')}: nothing is applied until an hr-operator decides`,
      );
    else if (lines.size > 0)
      this.logger.warn(`import ${id} leaves out ${lines.size} rows until an hr-operator decides`);
  }
}

const isRejected = (last?: ImportRow, readable?: Readable, forecast?: Forecast): boolean =>
  last !== undefined && (last !== readable || forecast?.rejected === true);

const detailOf: Readonly<Record<Impact, string>> = {
  leaving: 'leaves at the same time as too many other people',
  'losing-access': 'would lose access by a change of an attribute, at the same time as too many other people',
};

function holdIfDifferent({ id, actor }: Uncounted, counted: Counted, same: readonly Readable[]): void {
  const [first, ...others] = same;
  if (first === undefined || !others.some((other) => differAsPeople(first.fields, other.fields))) return;
  const lines = same.map(({ line }) => line).join(' and ');
  const detail = `lines ${lines} use one number for different people: give each person another number`;
  const held = new Set(counted.holds.map(({ line }) => line));
  const setAside = new Set(same.map(({ line }) => line));
  for (const row of same) {
    if (!held.has(row.line)) counted.holds.push(heldRow(id, actor, 'repeated', { row, forecast: null }, detail));
  }
  for (const people of Object.values(counted.touched))
    for (const [worker, { row }] of people) if (setAside.has(row.line)) people.delete(worker);
}

function heldRow(
  importId: string,
  source: string,
  kind: HoldKind,
  { row, forecast }: { readonly row: Readable; readonly forecast: Forecast | null },
  detail: string,
): NewHold {
  const { line, employeeId, fields } = row;
  return {
    import: importId,
    line,
    worker: forecast?.worker ?? null,
    version: null,
    kind,
    source,
    from: forecast?.endsAt ?? null,
    statement: { employeeId, displayName: forecast?.displayName ?? '', fields, absent: 'kept', detail },
  };
}

function heldMissing(importId: string, source: string, { worker, employeeId, displayName }: MissingWorker): NewHold {
  const detail = 'is not in the feed';
  return {
    import: importId,
    line: null,
    worker,
    version: null,
    kind: 'missing',
    source,
    from: null,
    statement: { employeeId, displayName, fields: null, absent: 'kept', detail },
  };
}
