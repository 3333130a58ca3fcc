import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';

export interface ExportScope {
  readonly kind: 'identity' | 'application';
  readonly id: string;
  /** Instants, ISO 8601 in UTC, both inclusive. */
  readonly from: string;
  readonly to: string;
}

export interface ExportJob {
  readonly id: string;
  readonly scope: ExportScope;
  readonly status: 'running' | 'completed' | 'failed';
  /** The proofs of the pack are for the checkpoint of this size. */
  readonly size: number;
  readonly entries: number | null;
  readonly error: string | null;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
}

export type Outcome =
  { readonly id: string; readonly entries: number } | { readonly id: string; readonly error: string };

interface Row {
  readonly id: string;
  readonly scope: ExportScope['kind'];
  readonly scope_id: string;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly status: ExportJob['status'];
  readonly size: string;
  readonly entries: number | null;
  readonly error: string | null;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
}

@Injectable()
export class ExportJobs {
  constructor(private readonly db: Database) {}

  async get(ids: readonly string[]): Promise<ExportJob[]> {
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select * from export_job where id = any($1::uuid[])`,
      [ids],
    );
    return rows.map(jobOf);
  }

  add(
    work: Work,
    { id, scope, size, requestedBy, requestedAt }: Omit<ExportJob, 'status' | 'entries' | 'error' | 'finishedAt'>,
  ): void {
    work.run(
      `insert into export_job (id, scope, scope_id, from_at, to_at, status, size, requested_by, requested_at)
       values ($1::uuid, $2, $3, $4::timestamptz, $5::timestamptz, 'running', $6::bigint, $7, $8::timestamptz)`,
      [id, scope.kind, scope.id, scope.from, scope.to, size, requestedBy, requestedAt],
    );
  }

  finish(work: Work, outcomes: readonly Outcome[], finishedAt: string): void {
    work.run(
      `update export_job j set status = case when u.error is null then 'completed' else 'failed' end, entries = u.entries,
         error = u.error, finished_at = $4::timestamptz
       from unnest($1::uuid[], $2::int[], $3::text[]) as u(id, entries, error) where j.id = u.id`,
      [
        outcomes.map(({ id }) => id),
        outcomes.map((one) => ('entries' in one ? one.entries : null)),
        outcomes.map((one) => ('error' in one ? one.error : null)),
        finishedAt,
      ],
    );
  }
}

function jobOf(row: Row): ExportJob {
  return {
    id: row.id,
    scope: { kind: row.scope, id: row.scope_id, from: row.from_at.toISOString(), to: row.to_at.toISOString() },
    status: row.status,
    size: Number(row.size),
    entries: row.entries,
    error: row.error,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
