import { Injectable } from '@nestjs/common';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { nameOf, workerFilterColumns } from '../workers/workers.exports.js';
import type { Uncounted } from './counted-imports.store.js';
import type { ImportRow } from './import-rows.input.js';

/** An employed person whom a full feed does not contain. */
export interface MissingWorker {
  readonly worker: string;
  readonly employeeId: string;
  readonly displayName: string;
  /** The number of complete feeds before this one that did not contain them. */
  readonly feeds: number;
}

interface Row {
  readonly worker: string;
  readonly employee_id: string;
  readonly attributes: WorkerAttributes;
  readonly feeds: number | null;
}

/** Number of complete feeds without a person after which the access ends. */
const feedsToEnd = 2;

/** Workers who are missing in full feeds: after the first feed they are listed, after the second their access ends. */
@Injectable()
export class MissingWorkers {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** Employed workers of the feed's population whose numbers (folded) are not in it. */
  async leftOut({ actor, population }: Uncounted, present: readonly string[]): Promise<MissingWorker[]> {
    const condition = listCondition(population ?? undefined, workerFilterColumns, 3);
    const rows = await this.db.query<Row>(
      `select w.worker, w.employee_id, w.attributes, m.feeds from worker w left join missing m on m.worker = w.worker
       where w.employed and (w.source is null or w.source = $1) and (${condition.sql})
         and not exists (select 1 from unnest($2::text[]) p(folded) where p.folded = w.folded_id)
       order by w.employee_id`,
      [actor, present, ...condition.params],
    );
    return rows.map(({ worker, employee_id: employeeId, attributes, feeds }) => ({
      worker,
      employeeId,
      displayName: nameOf(attributes),
      feeds: feeds ?? 0,
    }));
  }

  /** How many complete feeds did not contain these people. */
  async known(workers: readonly string[]): Promise<Omit<MissingWorker, 'displayName'>[]> {
    const rows = await this.db.query<Row>(
      `select w.worker, w.employee_id, m.feeds from worker w left join missing m on m.worker = w.worker where w.worker = any($1::uuid[])`,
      [workers],
    );
    return rows.map(({ worker, employee_id: employeeId, feeds }) => ({ worker, employeeId, feeds: feeds ?? 0 }));
  }

  /**
   * Stages who is missing in a complete feed and who is in it again. Returns rows to apply after its own rows: ends for
   * people who are missing for the second time, and the withdrawal of ends for people who are in it again.
   */
  async take(
    work: Work,
    { actor, mode, total }: Uncounted,
    left: readonly Omit<MissingWorker, 'displayName'>[],
    present: readonly string[],
  ): Promise<ImportRow[]> {
    const back = await this.back(present);
    const now = this.clock.now();
    if (mode === 'full') this.claim(work, actor, present);
    if (left.length > 0) {
      work.run(
        `insert into missing as m (worker, source, since, feeds, ended_at)
         select x.worker, $2, $3::timestamptz, 1, null from unnest($1::uuid[]) as x(worker)
         on conflict (worker) do update set feeds = m.feeds + 1, source = excluded.source,
           ended_at = case when m.feeds + 1 >= ${feedsToEnd} then $3::timestamptz end`,
        [left.map(({ worker }) => worker), actor, now],
      );
    }
    if (back.length > 0) {
      work.run(`delete from missing where worker = any($1::uuid[])`, [back.map(({ worker }) => worker)]);
    }
    const ends = left.filter(({ feeds }) => feeds + 1 >= feedsToEnd);
    const rows = [
      ...ends.map(({ employeeId }) => ({ employeeId, fields: { accessEndsAt: now } })),
      ...back
        .filter(({ ended, ends_at: endsAt }) => ended !== null && endsAt === ended.toISOString())
        .map(({ employee_id: employeeId }) => ({ employeeId, fields: { accessEndsAt: null } })),
    ];
    return rows.map((row, index) => ({ line: total + 2 + index, ...row }));
  }

  /** Stages that the access of a missing person ended, so that it returns when the person is stated again. */
  end(work: Work, worker: string, at: string): void {
    work.expect(
      `update missing set ended_at = $2::timestamptz where worker = $1::uuid`,
      [worker, at],
      1,
      'somebody missing',
    );
  }

  /** A person who was missing and is stated again. */
  private async back(present: readonly string[]): Promise<Back[]> {
    const [any] = await this.db.query(`select 1 from missing limit 1`);
    if (any === undefined) return [];
    return await this.db.query<Back>(
      `select m.worker, w.employee_id, m.ended_at as ended, w.attributes->>'accessEndsAt' as ends_at
       from missing m join worker w on w.worker = m.worker where w.folded_id = any($1::text[])`,
      [present],
    );
  }

  /** People in a full feed belong to its source from now on. */
  private claim(work: Work, actor: string, present: readonly string[]): void {
    work.run(
      `update worker w set source = $1 from unnest($2::text[]) p(folded)
       where w.folded_id = p.folded and w.source is distinct from $1`,
      [actor, present],
    );
  }
}

interface Back {
  readonly worker: string;
  readonly employee_id: string;
  readonly ended: Date | null;
  readonly ends_at: string | null;
}
