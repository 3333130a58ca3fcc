import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { importsChannel, oldestImports, type Uncounted } from './counted-imports.store.js';
import { ImportPieces } from './import-pieces.store.js';
import type { ImportRow, RowProblem } from './import-rows.input.js';

/** The next piece to apply, with its import. */
export interface NextChunk {
  readonly importId: string;
  readonly seq: number;
  readonly actor: string;
  readonly rows: readonly ImportRow[];
  /** Some of its rows are held. */
  readonly holds: boolean;
  /** An hr-operator released it: the brake does not count it. */
  readonly released: boolean;
}

export interface ChunkCounts {
  readonly created: number;
  readonly changed: number;
  readonly terminated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Not applied because they are held. */
  readonly held: number;
}

export interface Rejection extends RowProblem {
  readonly line: number;
  /** The number in the row; null where it cannot be read. */
  readonly employeeId: string | null;
}

/** Rows of an import whose rejections are kept; further ones are only counted. */
export const keptRejections = 1_000;

/** Imports while they are received and applied: which piece comes next, and the progress of each. */
@Injectable()
export class ImportChunks {
  constructor(
    private readonly db: Database,
    private readonly pieces: ImportPieces,
  ) {}

  /** Is the complete body already stored? Removes the rest of an earlier incomplete attempt. */
  async receivedBefore(id: string): Promise<boolean> {
    const rows = await this.db.query(
      `with broken_off as (delete from import where id = $1 and not received)
       select 1 from import where id = $1 and received`,
      [id],
    );
    return rows.length > 0;
  }

  async open(id: string, about: Pick<Uncounted, 'mode' | 'actor' | 'population'>, now: string): Promise<void> {
    await this.db.query(
      `insert into import (id, mode, status, actor, population, created_at) values ($1, $2, 'running', $3, $4, $5)`,
      [id, about.mode, about.actor, about.population, now],
    );
  }

  /** The body is complete. From now on the import is visible, and is counted and applied. */
  async close(id: string, body: Pick<Uncounted, 'chunks' | 'total' | 'rejected' | 'cut'>): Promise<void> {
    await this.db.query(
      `update import set received = true, chunks = $2, total = $3, processed = $4, rejected = $4, cut = $5 where id = $1`,
      [id, body.chunks, body.total, body.rejected, body.cut],
    );
    this.notifyReaders();
  }

  /** Notifies the loops that count and apply imports. */
  private notifyReaders(): void {
    this.db.notifier.notify(importsChannel(this.db.schema));
  }

  onClosed(listener: () => void): () => void {
    return this.db.notifier.on(importsChannel(this.db.schema), listener);
  }

  async discard(id: string): Promise<void> {
    await this.db.query(`delete from import where id = $1 and not received`, [id]);
  }

  /** Removes incomplete bodies of a stopped process. Their clients got no acceptance. */
  async discardAbandoned(before: string): Promise<void> {
    await this.db.query(`delete from import where not received and created_at < $1`, [before]);
  }

  /** The import of the source that has waited longest. */
  async next(): Promise<NextChunk | null> {
    const [row] = await this.db.query<Omit<NextChunk, 'importId' | 'rows'> & { id: string; rows: string }>(
      `select i.id, i.next_chunk as seq, i.actor, i.held > 0 as holds, i.released, c.rows
       from (select * from (${oldestImports}) o where counted order by turn, id limit 1) i
       join import_chunk c on c.import = i.id and c.seq = i.next_chunk`,
    );
    if (row === undefined) return null;
    const { id, rows, ...chunk } = row;
    return { importId: id, ...chunk, rows: this.pieces.opened(rows, id, chunk.seq) };
  }

  /**
   * Moves the import past a piece in the transaction of its effects, which fails if the piece was taken in the meantime
   * or the import cancelled: each piece takes effect once, in whichever process.
   */
  advance(
    work: Work,
    { importId, seq }: NextChunk,
    counts: ChunkCounts,
    rejections: readonly Rejection[],
    now: string,
  ): void {
    const { created, changed, terminated, unchanged, rejected, held } = counts;
    work.expect(
      `update import set next_chunk = next_chunk + 1,
         turn = nextval('import_turn'),
         processed = processed + $3::int + $4::int + $5::int + $6::int + $7::int + $9::int, created = created + $3::int,
         changed = changed + $4::int, terminated = terminated + $5::int, unchanged = unchanged + $6::int, rejected = rejected + $7::int,
         status = case when next_chunk + 1 = chunks then 'completed' else status end,
         finished_at = case when next_chunk + 1 = chunks then $8::timestamptz end
       where id = $1 and next_chunk = $2 and status = 'running'`,
      [importId, seq, created, changed, terminated, unchanged, rejected, now, held],
      1,
      'the import at this piece',
    );
    work.run(`delete from import_chunk where import = $1::uuid and seq = $2::int`, [importId, seq]);
    if (rejections.length > 0) {
      const rows = rejections.map(({ employeeId, ...told }, position) => ({
        ...told,
        position,
        employee_id: employeeId,
      }));
      work.run(
        `insert into import_rejection (import, line, position, field, detail, employee_id)
         select $1::uuid, x.* from jsonb_to_recordset($2::jsonb)
           as x(line int, position int, field text, detail text, employee_id text)
         where (select count(*) from import_rejection k where k.import = $1::uuid) < $3::int`,
        [importId, JSON.stringify(rows), keptRejections],
      );
    }
  }

  /** Ends a running or held import; false when there is none. Applied rows stay applied. */
  async end(id: string, status: 'failed' | 'cancelled', detail: string | null, now: string): Promise<boolean> {
    const rows = await this.db.query(
      `with ended as (
         update import set status = $2, detail = $3, finished_at = $4 where id = $1 and status in ('running', 'held') and received returning id)
       , refused as (update hold set status = 'cancelled', decided_at = $4 where import in (select id from ended) and status = 'held')
       , gone as (delete from import_chunk where import in (select id from ended))
       select id from ended`,
      [id, status, detail, now],
    );
    return rows.length === 1;
  }
}
