import { Injectable } from '@nestjs/common';
import { parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { type HoldReason, isHoldReason } from '../holds/holds.exports.js';
import { ImportPieces } from './import-pieces.store.js';
import type { ImportRow } from './import-rows.input.js';

export type ImportMode = 'delta' | 'full';

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

/** An import that is held as a whole, and why. */
export interface HeldImport extends Uncounted {
  readonly reasons: readonly HoldReason[];
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

/** The oldest running import of each source. Imports of one source are applied in their order. */
export const oldestImports = `select distinct on (actor) * from import where status = 'running' and received order by actor, id`;

/** Notified when an import is to be counted, or applied. */
export const importsChannel = (schema: string): string => `${schema}.imports`;

/** Imports that wait for their count, and those that are held after it. */
@Injectable()
export class CountedImports {
  constructor(
    private readonly db: Database,
    private readonly pieces: ImportPieces,
  ) {}

  /** The import that is counted next; null for none. */
  async nextUncounted(): Promise<Uncounted | null> {
    const [row] = await this.db.query<Uncounted>(
      `select id, mode, actor, population, cut, chunks, total, rejected from (${oldestImports}) o where not counted order by id limit 1`,
    );
    return row ?? null;
  }

  /** Stages that an import is counted. The work fails with a conflict if another process counted it, or if it has ended. */
  counted(work: Work, { id, chunks, total }: Uncounted, { held, reasons, more }: CountedImport, now: string): void {
    const all = this.pieces.append(work, id, chunks, more);
    work.expect(
      `update import set counted = true, held = $2, reasons = $3::text[], chunks = $4::int, total = $5,
         status = case when cardinality($3::text[]) > 0 then 'held' when $4::int = 0 then 'completed' else status end,
         finished_at = case when cardinality($3::text[]) = 0 and $4::int = 0 then $6::timestamptz end
       where id = $1 and status = 'running' and not counted`,
      [id, held, [...reasons], all, total + more.length, now],
      1,
      'the import before it was counted',
    );
    work.onCommitted(() => this.notifyReaders());
  }

  /** Stages that a held import continues, without the rows that stay held. */
  release(
    work: Work,
    { id, chunks, total }: Uncounted,
    { held, more }: Omit<CountedImport, 'reasons'>,
    now: string,
  ): void {
    const all = this.pieces.append(work, id, chunks, more);
    work.expect(
      `update import set released = true, held = $2, chunks = $3::int, total = $4,
         status = case when $3::int = 0 then 'completed' else 'running' end,
         finished_at = case when $3::int = 0 then $5::timestamptz end
       where id = $1 and status = 'held'`,
      [id, held, all, total + more.length, now],
      1,
      'the import while it was held',
    );
    work.onCommitted(() => this.notifyReaders());
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
  async held(id: string): Promise<HeldImport | null> {
    const [row] = await this.db.query<Uncounted & { reasons: string[] }>(
      `select id, mode, actor, population, cut, chunks, total, rejected, reasons from import where id = $1 and status = 'held'`,
      [id],
    );
    if (row === undefined) return null;
    const areReasons = (): boolean => row.reasons.every(isHoldReason);
    return {
      ...row,
      reasons: parsed<readonly HoldReason[]>(`the reasons why import ${id} is held`, areReasons, row.reasons),
    };
  }

  private notifyReaders(): void {
    this.db.notifier.notify(importsChannel(this.db.schema));
  }
}
