import { Injectable } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { Work } from '#libs/event-store/work.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import type { BulkAction, BulkTerms } from './bulk-change.js';

/** `preview`: each row is decided, and nothing is done. `ready`: it waits for its author. */
export type BulkStatus = 'preview' | 'ready' | 'running' | 'completed' | 'cancelled';

export interface BulkChange extends BulkTerms {
  readonly id: string;
  readonly status: BulkStatus;
  readonly actor: string;
  readonly administers: boolean;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** `unknown`: not looked at yet. */
export type RowResult = 'unknown' | 'would-change' | 'changed' | 'refused';

export interface StoredRow {
  readonly line: number;
  readonly identityId: string | null;
  readonly packageId: string | null;
  readonly endsAt: string | null;
  readonly result: RowResult;
  readonly code: string | null;
  readonly detail: string | null;
}

/** A row as it is asked for. */
export type AskedRow = Omit<StoredRow, 'result'>;

export interface BulkCounts {
  readonly total: number;
  readonly unknown: number;
  readonly wouldChange: number;
  readonly changed: number;
  readonly refused: number;
}

interface ChangeRow extends Record<string, unknown> {
  readonly id: string;
  readonly action: BulkAction;
  readonly status: BulkStatus;
  readonly terms: string;
  readonly actor: string;
  readonly administers: boolean;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

const isTerms = hasShape<{ readonly reason: string }>({ reason: 'text' });
const columns: Readonly<Record<string, Column>> = {
  line: { sql: 'line', type: 'number' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  result: { sql: 'result', type: 'word' },
  code: { sql: 'code', type: 'word' },
};
const changeColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  action: { sql: 'action', type: 'word' },
  status: { sql: 'status', type: 'word' },
  createdAt: { sql: 'created_at', type: 'timestamp' },
};
const contextOf = (id: string): string => `bulk-change ${id}`;

/** Bulk changes and their rows: jobs, no read models. What they change is in the facts of the people. The reason may be personal and is sealed. */
@Injectable()
export class BulkChanges {
  constructor(
    private readonly db: Database,
    private readonly key: MasterKey,
  ) {}

  start(
    work: Work,
    { id, action, status, reason, actor, administers, createdAt }: BulkChange,
    rows: readonly AskedRow[],
  ): void {
    const terms = this.key.seal(JSON.stringify({ reason }), contextOf(id));
    work.run(
      `insert into bulk_change (id, action, status, terms, actor, administers, created_at)
       values ($1::uuid, $2::text, $7::text, $3::text, $4::text, $5::boolean, $6::timestamptz)`,
      [id, action, terms, actor, administers, createdAt, status],
    );
    work.run(
      `insert into bulk_row (bulk_id, line, identity_id, package_id, ends_at, result, code, detail)
       select $1::uuid, x.line, x."identityId", x."packageId", x."endsAt", case when x.code is null then $3::text else 'refused' end, x.code, x.detail
       from jsonb_to_recordset($2::jsonb) as x(line int, "identityId" uuid, "packageId" text, "endsAt" timestamptz, code text, detail text)`,
      [id, JSON.stringify(rows), status === 'running' ? 'would-change' : 'unknown'],
    );
  }

  /** The work fails with a conflict unless it is in this status. */
  move(work: Work, id: string, from: BulkStatus, to: BulkStatus, at: string): void {
    work.expect(
      `update bulk_change set status = $3::text,
         finished_at = case when $3::text in ('completed', 'cancelled') then $4::timestamptz end
       where id = $1::uuid and status = $2::text returning id`,
      [id, from, to, at],
      1,
      `bulk change ${id} is ${from}`,
    );
  }

  record(work: Work, id: string, rows: readonly Pick<StoredRow, 'line' | 'result' | 'code' | 'detail'>[]): void {
    work.run(
      `update bulk_row r set result = x.result, code = x.code, detail = x.detail
       from jsonb_to_recordset($2::jsonb) as x(line int, result text, code text, detail text)
       where r.bulk_id = $1::uuid and r.line = x.line`,
      [id, JSON.stringify(rows)],
    );
  }

  async find(id: string): Promise<BulkChange | null> {
    const [row] = await this.db.query<ChangeRow>(`select * from bulk_change where id = $1::uuid`, [id]);
    return row === undefined ? null : this.changeOf(row);
  }

  /** Newest first. @param actor who made them; null: all */
  async list(actor: string | null, before: string, limit: number, filter: string | undefined): Promise<BulkChange[]> {
    const condition = listCondition(filter, changeColumns, 4);
    const rows = await this.db.query<ChangeRow>(
      `select * from bulk_change where ($1::text is null or actor = $1) and id < $2::uuid and (${condition.sql})
       order by id desc limit $3::int`,
      [actor, before, limit, ...condition.params],
    );
    return rows.map((row) => this.changeOf(row));
  }

  private changeOf({ id, action, status, actor, administers, ...row }: ChangeRow): BulkChange {
    const terms: unknown = JSON.parse(this.key.open(row.terms, contextOf(id)));
    const { reason } = parsed<{ readonly reason: string }>(`bulk change ${id}`, isTerms, terms);
    const createdAt = row.created_at.toISOString();
    const finishedAt = row.finished_at?.toISOString() ?? null;
    return { id, action, status, reason, actor, administers, createdAt, finishedAt };
  }

  /** The next rows with this result, by line. */
  async next(id: string, result: 'unknown' | 'would-change', limit: number): Promise<StoredRow[]> {
    const rows = await this.db.query<RowRow>(
      `select * from bulk_row where bulk_id = $1::uuid and result = $2::text and result in ('unknown', 'would-change') order by line limit $3::int`,
      [id, result, limit],
    );
    return rows.map(rowOf);
  }

  async rows(id: string, after: number, limit: number, filter: string | undefined): Promise<StoredRow[]> {
    const condition = listCondition(filter, columns, 4);
    const rows = await this.db.query<RowRow>(
      `select * from bulk_row where bulk_id = $1::uuid and line > $2::int and (${condition.sql}) order by line limit $3::int`,
      [id, after, limit, ...condition.params],
    );
    return rows.map(rowOf);
  }

  /** How far each of these is. */
  async counts(ids: readonly string[]): Promise<ReadonlyMap<string, BulkCounts>> {
    const rows = await this.db.query<BulkCounts & { readonly id: string } & Record<string, unknown>>(
      `select bulk_id as id, count(*)::int as total, count(*) filter (where result = 'unknown')::int as unknown,
         count(*) filter (where result = 'would-change')::int as "wouldChange",
         count(*) filter (where result = 'changed')::int as changed, count(*) filter (where result = 'refused')::int as refused
       from bulk_row where bulk_id = any($1::uuid[]) group by bulk_id`,
      [ids],
    );
    return new Map(rows.map(({ id, ...counts }) => [id, counts]));
  }

  /** How many people would lose something, of how many who hold these packages. */
  async losses(id: string): Promise<{ readonly loses: number; readonly holders: number }> {
    const [row] = await this.db.query<{ loses: number; holders: number }>(
      `select (select count(distinct identity_id)::int from bulk_row where bulk_id = $1::uuid and result = 'would-change') as loses,
         (select count(distinct a.identity_id)::int from assignment a where a.status in ('active', 'scheduled', 'suspended')
           and a.package_id in (select package_id from bulk_row where bulk_id = $1::uuid)) as holders`,
      [id],
    );
    return row ?? { loses: 0, holders: 0 };
  }
}

interface RowRow extends Record<string, unknown> {
  readonly line: number;
  readonly identity_id: string | null;
  readonly package_id: string | null;
  readonly ends_at: Date | null;
  readonly result: RowResult;
  readonly code: string | null;
  readonly detail: string | null;
}

const rowOf = ({ line, identity_id, package_id, ends_at, result, code, detail }: RowRow): StoredRow => ({
  line,
  identityId: identity_id,
  packageId: package_id,
  endsAt: ends_at?.toISOString() ?? null,
  result,
  code,
  detail,
});
