import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { NotFound } from '#libs/problems/problem.js';
import type { RebuildView } from './rebuilds.dto.js';

interface Row {
  readonly id: string;
  readonly read_models: readonly string[];
  readonly status: RebuildView['status'];
  readonly total: number;
  readonly processed: number;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly detail: string | null;
}

/** What a rebuild begins with. */
interface NewRebuild {
  readonly id: string;
  readonly readModels: readonly string[];
  readonly total: number;
  readonly requestedBy: string;
  readonly at: string;
}

const columns = 'id, read_models, status, total, processed, started_at, finished_at, detail';

/** Rows of the rebuilds of one service. */
export class RebuildStore {
  constructor(private readonly db: Database) {}

  add(work: Work, { id, readModels, total, requestedBy, at }: NewRebuild): void {
    work.run(
      `insert into rebuild (id, read_models, status, total, requested_by, started_at)
       values ($1::uuid, $2::text[], 'running', $3::int, $4::text, $5::timestamptz)`,
      [id, readModels, total, requestedBy, at],
    );
  }

  count(work: Work, id: string, streams: number): void {
    work.run(`update rebuild set processed = processed + $2::int where id = $1::uuid`, [id, streams]);
  }

  /** @param detail why it failed; null when it is done */
  finish(work: Work, id: string, at: string, detail: string | null): void {
    work.run(
      `update rebuild set status = case when $3::text is null then 'completed' else 'failed' end, detail = $3::text,
         finished_at = $2::timestamptz where id = $1::uuid`,
      [id, at, detail],
    );
  }

  /** @throws NotFound */
  async get(id: string): Promise<RebuildView> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from rebuild where id = $1::uuid`,
      [id],
    );
    if (row === undefined) throw new NotFound('rebuild', id);
    return this.viewOf(row);
  }

  /** The rebuild of any of these read models that was started last; null for none. */
  async last(readModels: readonly string[]): Promise<RebuildView | null> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from rebuild where read_models && $1::text[] order by started_at desc, id desc limit 1`,
      [readModels],
    );
    return row === undefined ? null : this.viewOf(row);
  }

  private viewOf(row: Row): RebuildView {
    return {
      id: row.id,
      service: this.db.schema,
      readModels: row.read_models,
      status: row.status,
      total: row.total,
      processed: row.processed,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      detail: row.detail,
    };
  }
}
