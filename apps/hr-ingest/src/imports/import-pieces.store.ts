import { Injectable } from '@nestjs/common';
import { parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { Work } from '#libs/event-store/work.js';
import { foldOf } from '../workers/workers.exports.js';
import { type ImportRow, isImportRows } from './import-rows.input.js';

/** A stored body. */
export interface Body {
  readonly id: string;
  /** Number of its pieces. */
  readonly chunks: number;
}

/** The bodies of imports, as encrypted pieces of rows. */
@Injectable()
export class ImportPieces {
  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
  ) {}

  /** Stores pieces `firstSeq`, `firstSeq + 1`, …: one short transaction, however long the client takes. */
  async add(id: string, firstSeq: number, chunks: readonly (readonly ImportRow[])[]): Promise<void> {
    await this.db.query(insertChunks, [id, firstSeq, this.sealed(id, firstSeq, chunks)]);
  }

  /** The numbers in a stored body, folded. */
  async numbersIn(body: Body): Promise<string[]> {
    const numbers = new Set<string>();
    for await (const rows of this.rowsOf(body))
      for (const { employeeId } of rows) if (employeeId !== undefined) numbers.add(foldOf(employeeId));
    return [...numbers];
  }

  /** Every row of a stored body, piece by piece. */
  async *rowsOf({ id, chunks }: Body): AsyncGenerator<readonly ImportRow[]> {
    for (let from = 0; from < chunks; from += chunksPerRead) {
      const rows = await this.db.query<{ seq: number; rows: string }>(
        `select seq, rows from import_chunk where import = $1 and seq >= $2 and seq < $3 order by seq`,
        [id, from, from + chunksPerRead],
      );
      yield rows.flatMap(({ seq, rows: sealed }) => this.opened(sealed, id, seq));
    }
  }

  /** Stages rows after those of the body. Returns the new number of pieces. */
  append(work: Work, id: string, chunks: number, rows: readonly ImportRow[]): number {
    if (rows.length === 0) return chunks;
    const pieces = inPieces(rows);
    work.run(insertChunks, [id, chunks, this.sealed(id, chunks, pieces)]);
    return chunks + pieces.length;
  }

  /** The rows of a stored piece. */
  opened(sealed: string, id: string, seq: number): ImportRow[] {
    return parsed(
      `piece ${seq} of an import`,
      isImportRows,
      JSON.parse(this.masterKey.open(sealed, contextOf(id, seq))),
    );
  }

  private sealed(id: string, firstSeq: number, pieces: readonly (readonly ImportRow[])[]): string[] {
    return pieces.map((rows, index) => this.masterKey.seal(JSON.stringify(rows), contextOf(id, firstSeq + index)));
  }
}

/** Rows of one piece, which one transaction applies. It is small, so that a single record never waits long. */
const rowsPerChunk = 100;
/** Pieces that are read at once. */
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
