import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import type { Impact } from './access-rule.js';
import { type BrakeLimits, isTooMany, slidingHourMs } from './brake.js';
import { BrakeSettings } from './brake.config.js';

/**
 * The result for the people whom a source affects: `free`; `mass` if they alone are too many; `drip` if they are too
 * many together with those of the last hour.
 */
export type BrakeVerdict = 'free' | 'drip' | 'mass';

/** Somebody whom a statement takes something from. */
export interface Touched {
  readonly kind: Impact;
  readonly worker: string;
}

/** Counts the people whom a source affected within the last hour, and tells when they are too many. */
@Injectable()
export class Brake {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly settings: BrakeSettings,
  ) {}

  /** From how many people a change is too large. */
  get limits(): BrakeLimits {
    return this.settings.limits;
  }

  /** @param people workers whom statements of `source` would affect */
  async judge(source: string, kind: Impact, people: ReadonlySet<string>): Promise<BrakeVerdict> {
    if (people.size === 0) return 'free';
    const touchedLastHour = await this.touchedLastHour(source, kind);
    const together = new Set([...touchedLastHour, ...people]);
    if (!isTooMany(together.size, 0, this.settings.limits)) return 'free';
    // Compared with the people employed an hour ago: who left since then is counted among them.
    const employed =
      (await this.employedInSameSources([...people])) + (kind === 'leaving' ? touchedLastHour.length : 0);
    if (isTooMany(people.size, employed, this.settings.limits)) return 'mass';
    return isTooMany(together.size, employed, this.settings.limits) ? 'drip' : 'free';
  }

  /**
   * Decides about one single statement and stages its count if it may be applied. The first statement of an hour may
   * always be applied, and the same person counts once. Held statements are not counted, so that nobody waits because of
   * others who wait. The work fails with a conflict when another statement was counted in the meantime. @returns the
   * number of others that exceeds the limit; null when the statement may be applied
   */
  async judgeOne(work: Work, source: string, touched: Touched): Promise<number | null> {
    const { kind, worker } = touched;
    const [row] = await this.db.query<{ turn: number | null; others: number }>(
      `select (select turn from brake_turn where source = $1 and kind = $2) as turn, count(distinct worker)::int as others
       from brake_count where source = $1 and kind = $2 and at > $3::timestamptz and worker <> $4::uuid`,
      [source, kind, this.hourAgo(), worker],
    );
    const { turn, others } = { turn: row?.turn ?? 0, others: row?.others ?? 0 };
    if (others > 0 && (await this.isOneTooMany(others + 1, touched))) return others;
    work.expect(
      `insert into brake_turn as t (source, kind, turn) values ($1, $2, $3::int + 1)
       on conflict (source, kind) do update set turn = t.turn + 1 where t.turn = $3::int`,
      [source, kind, turn],
      1,
      'the turn of the brake',
    );
    this.count(work, source, [touched]);
    return null;
  }

  private async isOneTooMany(people: number, { kind, worker }: Touched): Promise<boolean> {
    if (!isTooMany(people, 0, this.settings.limits)) return false;
    const employed = (await this.employedInSameSources([worker])) + (kind === 'leaving' ? people - 1 : 0);
    return isTooMany(people, employed, this.settings.limits);
  }

  /** Employed workers of the sources that these workers are of. */
  async employedInSameSources(workers: readonly string[]): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `select count(*)::int as n from worker where employed and (source is null or source in (
         select source from worker where worker = any($1::uuid[])))`,
      [workers],
    );
    return row?.n ?? 0;
  }

  /** Stages that these people are affected now, in the work that affects them. */
  count(work: Work, source: string, touched: readonly Touched[]): void {
    if (touched.length === 0) return;
    work.run(
      `insert into brake_count (source, kind, worker, at)
       select $1, x.kind, x.worker, $3::timestamptz from jsonb_to_recordset($2::jsonb) as x(kind text, worker uuid)`,
      [source, JSON.stringify(touched), this.clock.now()],
    );
  }

  /** Deletes what is older than the time in which changes count together. */
  async forget(): Promise<void> {
    await this.db.query(`delete from brake_count where at < $1::timestamptz`, [this.hourAgo()]);
  }

  private async touchedLastHour(source: string, kind: Impact): Promise<string[]> {
    const rows = await this.db.query<{ worker: string }>(
      `select distinct worker from brake_count where source = $1 and kind = $2 and at > $3::timestamptz`,
      [source, kind, this.hourAgo()],
    );
    return rows.map(({ worker }) => worker);
  }

  private hourAgo(): string {
    return new Date(Date.parse(this.clock.now()) - slidingHourMs).toISOString();
  }
}
