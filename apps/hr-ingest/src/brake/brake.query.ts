import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import type { Impact } from '../workers/impact.js';
import { isTooMany, slidingHourMs } from './brake.js';
import { BrakeSettings } from './brake.config.js';

/**
 * What becomes of people a source touches: `free`, `mass` when they alone are too many, `drip` when they are together
 * with those of the last hour.
 */
export type Braked = 'free' | 'drip' | 'mass';

/** Counts whom a source touched within the last hour, and says when they are too many. */
@Injectable()
export class Brake {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly settings: BrakeSettings,
  ) {}

  /** @param people workers whom statements of `source` would touch */
  async judge(source: string, kind: Impact, people: ReadonlySet<string>): Promise<Braked> {
    if (people.size === 0) return 'free';
    const lately = await this.lately(source, kind);
    const together = new Set([...lately, ...people]);
    if (!isTooMany(together.size, 0, this.settings.limits)) return 'free';
    // Of those employed an hour ago: who left since was one of them.
    const employed = (await this.employedBeside([...people])) + (kind === 'leaving' ? lately.length : 0);
    if (isTooMany(people.size, employed, this.settings.limits)) return 'mass';
    return isTooMany(together.size, employed, this.settings.limits) ? 'drip' : 'free';
  }

  /** Employed workers of the sources that these workers are of. */
  async employedBeside(workers: readonly string[]): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `select count(*)::int as n from worker where employed and (source is null or source in (
         select source from worker where worker = any($1::uuid[])))`,
      [workers],
    );
    return row?.n ?? 0;
  }

  /** Stages that these were touched now, in the work that touches them. */
  count(work: Work, source: string, touched: readonly { readonly kind: Impact; readonly worker: string }[]): void {
    if (touched.length === 0) return;
    work.run(
      `insert into brake_count (source, kind, worker, at)
       select $1, x.kind, x.worker, $3::timestamptz from jsonb_to_recordset($2::jsonb) as x(kind text, worker uuid)`,
      [source, JSON.stringify(touched), this.clock.now()],
    );
  }

  /** Takes away what no longer counts. */
  async forget(): Promise<void> {
    await this.db.query(`delete from brake_count where at < $1::timestamptz`, [this.hourAgo()]);
  }

  private async lately(source: string, kind: Impact): Promise<string[]> {
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
