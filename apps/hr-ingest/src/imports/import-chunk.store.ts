import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { Work } from '#libs/event-store/work.js';
import type { ImportRow, RowProblem } from './import-rows.js';

/** The next piece of the oldest import under way. */
export interface NextChunk {
  readonly importId: string;
  readonly seq: number;
  readonly actor: string;
  readonly rows: readonly ImportRow[];
}

export interface ChunkCounts {
  readonly created: number;
  readonly changed: number;
  readonly terminated: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export interface Rejection extends RowProblem {
  readonly line: number;
}

/** Bodies of imports, in sealed pieces of rows, and how far each import is. */
@Injectable()
export class ImportChunks {
  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
  ) {}

  /** Is the body there already, whole? What an earlier try left that broke off is taken away. */
  async receivedBefore(id: string): Promise<boolean> {
    const rows = await this.db.query(
      `with broken_off as (delete from import where id = $1 and not received)
       select 1 from import where id = $1 and received`,
      [id],
    );
    return rows.length > 0;
  }

  async open(id: string, mode: 'delta', actor: string, now: string): Promise<void> {
    await this.db.query(`insert into import (id, mode, status, actor, created_at) values ($1, $2, 'running', $3, $4)`, [
      id,
      mode,
      actor,
      now,
    ]);
  }

  /** Stores pieces `firstSeq`, `firstSeq + 1`, …: one short transaction, however long the client takes. */
  async add(id: string, firstSeq: number, chunks: readonly (readonly ImportRow[])[]): Promise<void> {
    const sealed = chunks.map((rows, index) =>
      this.masterKey.seal(JSON.stringify(rows), contextOf(id, firstSeq + index)),
    );
    await this.db.query(
      `insert into import_chunk (import, seq, rows) select $1, $2::int + u.n::int - 1, u.rows from unnest($3::text[]) with ordinality as u(rows, n)`,
      [id, firstSeq, sealed],
    );
  }

  /** The body is whole: from here on the import is seen, and goes on by itself. */
  async close(id: string, chunks: number, total: number, now: string): Promise<void> {
    await this.db.query(
      `update import set received = true, chunks = $2, total = $3,
         status = case when $2 = 0 then 'completed' else status end, finished_at = case when $2 = 0 then $4::timestamptz end
       where id = $1`,
      [id, chunks, total, now],
    );
    this.db.doorbell.ring(`${this.db.schema}.imports`);
  }

  onClosed(listener: () => void): () => void {
    return this.db.doorbell.on(`${this.db.schema}.imports`, listener);
  }

  async discard(id: string): Promise<void> {
    await this.db.query(`delete from import where id = $1 and not received`, [id]);
  }

  /** Bodies that broke off with a process: nobody was told that they were accepted. */
  async discardAbandoned(before: string): Promise<void> {
    await this.db.query(`delete from import where not received and created_at < $1`, [before]);
  }

  async next(): Promise<NextChunk | null> {
    const [row] = await this.db.query<{ id: string; seq: number; actor: string; rows: string }>(
      `select i.id, i.next_chunk as seq, i.actor, c.rows
       from (select * from import where status = 'running' and received order by id limit 1) i
       join import_chunk c on c.import = i.id and c.seq = i.next_chunk`,
    );
    if (row === undefined) return null;
    const { id, seq, actor } = row;
    return {
      importId: id,
      seq,
      actor,
      rows: JSON.parse(this.masterKey.open(row.rows, contextOf(id, seq))) as ImportRow[],
    };
  }

  /**
   * Moves the import past a piece in the transaction of its effects, which fails if the piece was taken in the meantime or
   * the import cancelled: each piece takes effect once, whoever works on it.
   */
  advance(
    work: Work,
    { importId, seq }: NextChunk,
    counts: ChunkCounts,
    rejections: readonly Rejection[],
    now: string,
  ): void {
    const { created, changed, terminated, unchanged, rejected } = counts;
    work.expect(
      `update import set next_chunk = next_chunk + 1,
         processed = processed + $3::int + $4::int + $5::int + $6::int + $7::int, created = created + $3::int,
         changed = changed + $4::int, terminated = terminated + $5::int, unchanged = unchanged + $6::int, rejected = rejected + $7::int,
         status = case when next_chunk + 1 = chunks then 'completed' else status end,
         finished_at = case when next_chunk + 1 = chunks then $8::timestamptz end
       where id = $1 and next_chunk = $2 and status = 'running'`,
      [importId, seq, created, changed, terminated, unchanged, rejected, now],
      1,
      'the import at this piece',
    );
    work.run(`delete from import_chunk where import = $1::uuid and seq = $2::int`, [importId, seq]);
    if (rejections.length > 0) {
      const rows = rejections.map(({ line, field, detail }, position) => ({ line, position, field, detail }));
      work.run(
        `insert into import_rejection (import, line, position, field, detail)
         select $1::uuid, x.* from jsonb_to_recordset($2::jsonb) as x(line int, position int, field text, detail text)`,
        [importId, JSON.stringify(rows)],
      );
    }
  }

  /** Ends an import that is under way; false when it is not (any more). What was applied stays. */
  async end(id: string, status: 'failed' | 'cancelled', detail: string | null, now: string): Promise<boolean> {
    const rows = await this.db.query(
      `with ended as (
         update import set status = $2, detail = $3, finished_at = $4 where id = $1 and status in ('running', 'held') and received returning id)
       , gone as (delete from import_chunk where import in (select id from ended))
       select id from ended`,
      [id, status, detail, now],
    );
    return rows.length === 1;
  }
}

const contextOf = (id: string, seq: number): string => `import/${id}/${seq}`;
