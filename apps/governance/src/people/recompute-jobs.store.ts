import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { JobEffects } from './job-effects.js';
import { NotFound } from '#libs/problems/problem.js';

/** The change that is applied: of the catalog, or of what a connector reads. */
export interface AppliedChange {
  readonly kind: 'access-package' | 'application' | 'birthright-rule' | 'connector' | 'separation-rule' | 'workflow';
  readonly id: string;
  readonly version: number;
}

/** A change of a rule or package as it is applied to those whom it affects. */
export interface JobView {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly change: AppliedChange;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** People looked at so far. */
  readonly checked: number;
  /** People whose assignments or desired access it changed, and those of them who gained or lost something. */
  readonly touched: number;
  readonly gained: number;
  readonly lost: number;
  /** The job that continues this one and counts for both; null for a job that runs by itself, as every new job does. */
  readonly continuedBy: string | null;
}

/** A page of people who were looked at. */
interface Page {
  /** Id of the last identity. */
  readonly last: string;
  readonly checked: number;
}

/** Rows of the jobs that apply changes of the catalog: written with what they count, asked for by their id. */
@Injectable()
export class RecomputeJobs {
  constructor(private readonly db: Database) {}

  /** @param id of the change's fact */
  start(work: Work, id: string, { kind, id: changed, version }: AppliedChange, at: string): void {
    work.run(
      `insert into recompute_job (id, kind, changed, version, status, started_at, position)
       values ($1::uuid, $2::text, $3::text, $4::int, 'running', $5::timestamptz, '${firstUuid}')`,
      [id, kind, changed, version, at],
    );
  }

  /** A page that is repeated after a crash changes nobody and is counted once. @param effects by job */
  count(work: Work, job: string, { last, checked }: Page, effects: ReadonlyMap<string, JobEffects>): void {
    const none: JobEffects = { touched: 0, gained: 0, lost: 0 };
    const rows = [...new Set([job, ...effects.keys()])].map((id) => ({ id, ...none, ...effects.get(id) }));
    work.run(
      `update recompute_job j set
         position = case when x.id = $2::uuid then greatest(j.position, $3::uuid) else j.position end,
         checked = j.checked + case when x.id = $2::uuid and j.position < $3::uuid then $4::int else 0 end,
         touched = j.touched + x.touched, gained = j.gained + x.gained, lost = j.lost + x.lost
       from jsonb_to_recordset($1::jsonb) as x(id uuid, touched int, gained int, lost int)
       where j.id = x.id or (j.continued_by = x.id and j.status = 'running')`,
      [JSON.stringify(rows), job, last, checked],
    );
  }

  finish(work: Work, job: string, at: string): void {
    work.run(
      `update recompute_job set status = 'completed', finished_at = $2::timestamptz
       where status = 'running' and (id = $1::uuid or continued_by = $1::uuid)`,
      [job, at],
    );
  }

  /** @throws NotFound */
  async get(id: string): Promise<JobView> {
    const [row] = await this.db.query<JobRow>(`select * from recompute_job where id = $1::uuid`, [id]);
    if (row === undefined) throw new NotFound('job', id);
    return {
      id: row.id,
      status: row.status,
      change: { kind: row.kind, id: row.changed, version: row.version },
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      checked: row.checked,
      touched: row.touched,
      gained: row.gained,
      lost: row.lost,
      continuedBy: row.continued_by,
    };
  }
}

interface JobRow {
  readonly id: string;
  readonly kind: AppliedChange['kind'];
  readonly changed: string;
  readonly version: number;
  readonly status: JobView['status'];
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly checked: number;
  readonly touched: number;
  readonly gained: number;
  readonly lost: number;
  readonly continued_by: string | null;
}
