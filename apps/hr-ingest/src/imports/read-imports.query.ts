import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { keptRejections } from './import-chunk.store.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';

export interface ImportView {
  readonly id: string;
  readonly mode: 'delta' | 'full';
  /** A filter over workers: the people whom a full feed is about; null: all people of its source. */
  readonly population: string | null;
  readonly status: 'running' | 'held' | 'completed' | 'failed' | 'cancelled';
  readonly total: number;
  readonly processed: number;
  readonly created: number;
  readonly changed: number;
  readonly terminated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that wait for a person, at `/hr/v1/holds`. */
  readonly held: number;
  /** Why the whole import is held; empty when it is not. */
  readonly reasons: readonly string[];
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** Why it failed. */
  readonly detail: string | null;
}

interface ImportRejectionView {
  readonly line: number;
  /** The number in the row; null where it cannot be read. */
  readonly employeeId: string | null;
  /** Null where the whole row is at fault. */
  readonly field: string | null;
  readonly detail: string;
}

export type ImportDetailView = ImportView & { readonly rejections: readonly ImportRejectionView[] };

/** An import with its first thousand rejections; null when there is none. */
export class GetImport extends Query<ImportDetailView | null> {
  constructor(readonly id: string) {
    super();
  }
}

/** Imports, newest first. */
export class ListImports extends Query<Page<ImportView>> {
  constructor(
    readonly limit: number,
    readonly cursor: string | undefined,
    readonly filter: string | undefined,
  ) {
    super();
  }
}

const shownRejections = keptRejections;

type Row = Omit<ImportView, 'createdAt' | 'finishedAt'> & {
  readonly created_at: Date;
  readonly finished_at: Date | null;
};
const columns = `id, mode, population, status, total, processed, created, changed, terminated, unchanged, rejected, held, reasons, created_at, finished_at, detail`;

const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  mode: { sql: 'mode', type: 'text' },
  status: { sql: 'status', type: 'text' },
  rejected: { sql: 'rejected', type: 'number' },
  createdAt: { sql: 'created_at', type: 'timestamp' },
  finishedAt: { sql: 'finished_at', type: 'timestamp' },
};

@QueryHandler(GetImport)
export class GetImportHandler implements IQueryHandler<GetImport> {
  constructor(private readonly db: Database) {}

  async execute({ id }: GetImport): Promise<ImportDetailView | null> {
    const [row] = await this.db.query<Row & { rejections: ImportRejectionView[] }>(
      `select ${columns}, (
         select coalesce(jsonb_agg(jsonb_build_object('line', r.line, 'employeeId', r.employee_id, 'field', r.field, 'detail', r.detail) order by r.line, r.position), '[]')
         from (select * from import_rejection where import = i.id order by line, position limit $2) r) as rejections
       from import i where id = $1 and received`,
      [id, shownRejections],
    );
    return row === undefined ? null : viewOf(row);
  }
}

@QueryHandler(ListImports)
export class ListImportsHandler implements IQueryHandler<ListImports> {
  constructor(private readonly db: Database) {}

  async execute({ limit, cursor, filter }: ListImports): Promise<Page<ImportView>> {
    const [before = null] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, filterColumns, 3);
    const rows = await this.db.query<Row>(
      `select ${columns} from import
       where received and ($1::uuid is null or id < $1::uuid) and (${condition.sql}) order by id desc limit $2`,
      [before, limit + 1, ...condition.params],
    );
    return pageOf(rows, limit, ({ id }) => [id], viewOf);
  }
}

function viewOf<Found extends Row>(row: Found): Omit<Found, 'created_at' | 'finished_at'> & ImportView {
  const { created_at: createdAt, finished_at: finishedAt, ...view } = row;
  return { ...view, createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
}
