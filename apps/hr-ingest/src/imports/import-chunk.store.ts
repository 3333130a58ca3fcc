import { parsed } from '#libs/event-store/core.js';
import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { Work } from '#libs/event-store/work.js';
import { foldOf } from '../workers/workers.exports.js';
import { type ImportRow, isImportRows, type RowProblem } from './import-rows.input.js';

export type ImportMode = 'delta' | 'full';

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

/** An import that is stored completely and not counted yet. */
export interface Uncounted {
  readonly id: string;
  readonly mode: ImportMode;
  readonly actor: string;
  /** Filter over workers: whom a full feed is about; null: of all of its source. */
  readonly population: string | null;
  /** The body ended without a line end: perhaps inside a row. */
  readonly cut: boolean;
  readonly chunks: number;
  readonly total: number;
  /** Unreadable rows. Only their number is kept. */
  readonly rejected: number;
}

/** The result of the count of an import. */
export interface CountedImport {
  /** Rows that are held one by one. */
  readonly held: number;
  /** Why the whole import is held; empty when it continues. */
  readonly reasons: readonly string[];
  /** Rows to apply after those of the body. */
  readonly more: readonly ImportRow[];
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

/** The oldest running import of each source. Imports of one source are applied in their order. */
const oldest = `select distinct on (actor) * from import where status = 'running' and received order by actor, id`;

/** The bodies of imports, as encrypted pieces of rows, and the progress of each import. */
@Injectable()
export class ImportChunks {
  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
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

  /** Stores pieces `firstSeq`, `firstSeq + 1`, …: one short transaction, however long the client takes. */
  async add(id: string, firstSeq: number, chunks: readonly (readonly ImportRow[])[]): Promise<void> {
    const sealed = chunks.map((rows, index) =>
      this.masterKey.seal(JSON.stringify(rows), contextOf(id, firstSeq + index)),
    );
    await this.db.query(insertChunks, [id, firstSeq, sealed]);
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
  notifyReaders(): void {
    this.db.notifier.notify(`${this.db.schema}.imports`);
  }

  onClosed(listener: () => void): () => void {
    return this.db.notifier.on(`${this.db.schema}.imports`, listener);
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
       from (select * from (${oldest}) o where counted order by turn, id limit 1) i
       join import_chunk c on c.import = i.id and c.seq = i.next_chunk`,
    );
    if (row === undefined) return null;
    const { id, rows, ...chunk } = row;
    return { importId: id, ...chunk, rows: this.opened(rows, id, chunk.seq) };
  }

  /** The numbers in a stored body, folded. */
  async numbersIn(body: Pick<Uncounted, 'id' | 'chunks'>): Promise<string[]> {
    const numbers = new Set<string>();
    for await (const rows of this.rowsOf(body))
      for (const { employeeId } of rows) if (employeeId !== undefined) numbers.add(foldOf(employeeId));
    return [...numbers];
  }

  async nextUncounted(): Promise<Uncounted | null> {
    const [row] = await this.db.query<Uncounted>(
      `select id, mode, actor, population, cut, chunks, total, rejected from (${oldest}) o where not counted order by id limit 1`,
    );
    return row ?? null;
  }

  /** Every row of a stored body, piece by piece. */
  async *rowsOf({ id, chunks }: Pick<Uncounted, 'id' | 'chunks'>): AsyncGenerator<readonly ImportRow[]> {
    for (let from = 0; from < chunks; from += chunksPerRead) {
      const rows = await this.db.query<{ seq: number; rows: string }>(
        `select seq, rows from import_chunk where import = $1 and seq >= $2 and seq < $3 order by seq`,
        [id, from, from + chunksPerRead],
      );
      yield rows.flatMap(({ seq, rows: sealed }) => this.opened(sealed, id, seq));
    }
  }

  /** Stages that an import is counted. The work fails with a conflict if another process counted it, or if it has ended. */
  counted(work: Work, { id, chunks, total }: Uncounted, { held, reasons, more }: CountedImport, now: string): void {
    const all = this.append(work, id, chunks, more);
    work.expect(
      `update import set counted = true, held = $2, reasons = $3::text[], chunks = $4::int, total = $5,
         status = case when cardinality($3::text[]) > 0 then 'held' when $4::int = 0 then 'completed' else status end,
         finished_at = case when cardinality($3::text[]) = 0 and $4::int = 0 then $6::timestamptz end
       where id = $1 and status = 'running' and not counted`,
      [id, held, [...reasons], all, total + more.length, now],
      1,
      'the import before it was counted',
    );
  }

  /** Stages that a held import continues, without the rows that stay held. */
  release(
    work: Work,
    { id, chunks, total }: Uncounted,
    { held, more }: Omit<CountedImport, 'reasons'>,
    now: string,
  ): void {
    const all = this.append(work, id, chunks, more);
    work.expect(
      `update import set released = true, held = $2, chunks = $3::int, total = $4,
         status = case when $3::int = 0 then 'completed' else 'running' end,
         finished_at = case when $3::int = 0 then $5::timestamptz end
       where id = $1 and status = 'held'`,
      [id, held, all, total + more.length, now],
      1,
      'the import while it was held',
    );
  }

  /** Stages that a held import is refused: nothing of it is applied. */
  refuse(work: Work, id: string, now: string): void {
    work.expect(
      `update import set status = 'cancelled', finished_at = $2::timestamptz where id = $1 and status = 'held'`,
      [id, now],
      1,
      'the import while it was held',
    );
    work.run(`delete from import_chunk where import = $1::uuid`, [id]);
  }

  /** A held import; null when there is none of this id. */
  async held(id: string): Promise<(Uncounted & { readonly reasons: readonly string[] }) | null> {
    const [row] = await this.db.query<Uncounted & { reasons: string[] }>(
      `select id, mode, actor, population, cut, chunks, total, rejected, reasons from import where id = $1 and status = 'held'`,
      [id],
    );
    return row ?? null;
  }

  /** Stages rows after those of the body. Returns the new number of pieces. */
  private append(work: Work, id: string, chunks: number, rows: readonly ImportRow[]): number {
    if (rows.length === 0) return chunks;
    const pieces = inPieces(rows);
    const sealed = pieces.map((piece, index) =>
      this.masterKey.seal(JSON.stringify(piece), contextOf(id, chunks + index)),
    );
    work.run(insertChunks, [id, chunks, sealed]);
    return chunks + pieces.length;
  }

  private opened(sealed: string, id: string, seq: number): ImportRow[] {
    return parsed(
      `piece ${seq} of an import`,
      isImportRows,
      JSON.parse(this.masterKey.open(sealed, contextOf(id, seq))),
    );
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

/** Rows of one piece, which one transaction applies. It is small, so that a single record never waits long. */
const rowsPerChunk = 100;
const chunksPerRead = 10;

/** Divides rows into the pieces in which they are stored and applied. */
export function inPieces(rows: readonly ImportRow[]): ImportRow[][] {
  const pieces: ImportRow[][] = [];
  for (let from = 0; from < rows.length; from += rowsPerChunk) pieces.push(rows.slice(from, from + rowsPerChunk));
  return pieces;
}

const insertChunks = `insert into import_chunk (import, seq, rows)
  select $1::uuid, $2::int + u.n::int - 1, u.rows from unnest($3::text[]) with ordinality as u(rows, n)`;
const contextOf = (id: string, seq: number): string => `import/${id}/${seq}`;
