import { Injectable } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { NotFound } from '#libs/problems/problem.js';
import { type AccountTerms, type ImpactCounts, touchedBy } from '../accounts/accounts.exports.js';

/** The change of a connector document whose effects are counted. */
export interface CountedChange {
  readonly connector: string;
  readonly version: number;
}

/** The people whom a change of a mapping or scope affects. */
export interface ImpactJobView extends ImpactCounts {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly change: CountedChange;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly touched: number;
}

/** What a job compares. */
export interface ComparedTerms {
  readonly connector: string;
  readonly before: AccountTerms | null;
  readonly after: AccountTerms;
}

interface JobRow extends ImpactCounts {
  readonly id: string;
  readonly connector: string;
  readonly version: number;
  readonly status: ImpactJobView['status'];
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

const areTerms = hasShape<AccountTerms>({
  mapping: 'list',
  mappingDefaults: 'flag',
  scope: 'any',
  matching: 'any',
  defaultDomain: 'any',
  pull: 'list',
});

/** Rows of the jobs that count the people whom a change affects. */
@Injectable()
export class ImpactJobs {
  constructor(private readonly db: Database) {}

  /** @param id of the change's fact */
  start(work: Work, id: string, version: number, { connector, before, after }: ComparedTerms, at: string): void {
    work.run(
      `insert into impact_job (id, connector, version, before, after, status, started_at)
       values ($1::uuid, $2, $3::int, $4::jsonb, $5::jsonb, 'running', $6::timestamptz)`,
      [id, connector, version, before === null ? null : JSON.stringify(before), JSON.stringify(after), at],
    );
  }

  async compared(id: string): Promise<ComparedTerms | null> {
    const [row] = await this.db.query<{ connector: string; before: unknown; after: unknown }>(
      `select connector, before, after from impact_job where id = $1::uuid`,
      [id],
    );
    if (row === undefined) return null;
    const termsIn = (value: unknown): AccountTerms => parsed<AccountTerms>(`job ${id}`, areTerms, value);
    const { connector, before, after } = row;
    return { connector, before: before === null ? null : termsIn(before), after: termsIn(after) };
  }

  /** @param finishedAt null while there is more */
  count(
    work: Work,
    id: string,
    { checked, gains, loses, changes, fails }: ImpactCounts,
    finishedAt: string | null,
  ): void {
    work.run(
      `update impact_job set checked = checked + $2::int, gains = gains + $3::int, loses = loses + $4::int,
         changes = changes + $5::int, fails = fails + $6::int, finished_at = $7::timestamptz,
         status = case when $7::timestamptz is null then 'running' else 'completed' end
       where id = $1::uuid`,
      [id, checked, gains, loses, changes, fails, finishedAt],
    );
  }

  /** @throws NotFound */
  async get(id: string): Promise<ImpactJobView> {
    const [row] = await this.db.query<JobRow & Record<string, unknown>>(
      `select id, connector, version, status, started_at, finished_at, checked, gains, loses, changes, fails
       from impact_job where id = $1::uuid`,
      [id],
    );
    if (row === undefined) throw new NotFound('job', id);
    const { connector, version, status, checked, gains, loses, changes, fails } = row;
    return {
      id,
      status,
      change: { connector, version },
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      checked,
      touched: touchedBy(row),
      gains,
      loses,
      changes,
      fails,
    };
  }
}
