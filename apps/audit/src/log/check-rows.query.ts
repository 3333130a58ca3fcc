import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { LeafParts, type PartInFull } from './leaf-parts.store.js';

export type { PartInFull } from './leaf-parts.store.js';

/** A leaf with everything that is stored with it. */
export interface LeafInFull {
  readonly index: number;
  readonly leafData: string;
  readonly hash: Buffer;
  /** Its search columns. */
  readonly columns: Readonly<Record<string, string | number | null>>;
  readonly parts: readonly PartInFull[];
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  /** Size of the one that was signed before it; null for the first, and where `link` is null. */
  readonly previous: number | null;
  /** The log's signature of that; null for checkpoints older than links. */
  readonly link: Buffer | null;
}

interface Row {
  readonly index: string;
  readonly leaf_data: string;
  readonly hash: Buffer;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly [column: string]: unknown;
}

/** Reads a part of the log from the database. */
@Injectable()
export class CheckRows {
  constructor(
    private readonly db: Database,
    private readonly parts: LeafParts,
  ) {}

  /** Entries from `from` up to, and without, `to`; a constant number of statements. */
  async between(
    from: number,
    to: number,
  ): Promise<{
    leaves: ReadonlyMap<number, LeafInFull>;
    nodes: ReadonlyMap<string, Buffer>;
    checkpoints: ReadonlyMap<number, StoredCheckpoint>;
    holders: ReadonlySet<string>;
  }> {
    const rows = await this.db.query<Row>(
      `select index, leaf_data, hash, event_id, type, source, epoch, sequence, subject, identity, application, actor,
         correlation_id, causation_id, occurred_at, recorded_at from leaf where index >= $1::bigint and index < $2::bigint`,
      [from, to],
    );
    const parts = await this.parts.inFull(from, to);
    const nodes = await this.db.query<{ level: number; index: string; hash: Buffer }>(
      // A subtree is complete with its last leaf.
      `select level, index, hash from generate_series(1, 52) as l(of)
       join node on level = l.of and index >= $1::bigint >> l.of and index < $2::bigint >> l.of`,
      [from, to],
    );
    const checkpoints = await this.db.query<{
      size: string;
      root: Buffer;
      note: string;
      previous: string | null;
      link: Buffer | null;
    }>(
      `select size, root, note, previous, link from signed_checkpoint where size > $1::bigint and size <= $2::bigint`,
      [from, to],
    );
    const holders = await this.db.query<{ application: string; identity: string }>(
      `select distinct h.application, h.identity from leaf l
       join holder h on h.application = l.application and h.identity = l.identity
       where l.index >= $1::bigint and l.index < $2::bigint`,
      [from, to],
    );
    return {
      leaves: new Map(rows.map((row) => [Number(row.index), inFull(row, parts.get(Number(row.index)) ?? [])])),
      nodes: new Map(nodes.map(({ level, index, hash }) => [`${level} ${index}`, hash])),
      checkpoints: new Map(
        checkpoints.map(({ size, previous, ...more }) => [
          Number(size),
          { ...more, size: Number(size), previous: previous === null ? null : Number(previous) },
        ]),
      ),
      holders: new Set(holders.map(({ application, identity }) => `${application} ${identity}`)),
    };
  }

  /** Size of the newest checkpoint that is stored; 0 for none. */
  async newestSigned(): Promise<number> {
    const [row] = await this.db.query<{ size: string }>(
      `select size from signed_checkpoint order by size desc limit 1`,
    );
    return Number(row?.size ?? 0);
  }

  /** Is there a checkpoint of the empty log? */
  async beganEmpty(): Promise<boolean> {
    return (await this.db.query(`select from signed_checkpoint where size = 0`)).length > 0;
  }

  /** When the entry was recorded; null where there is none. */
  async recordedAt(index: number): Promise<string | null> {
    const [row] = await this.db.query<{ recorded_at: Date }>(`select recorded_at from leaf where index = $1::bigint`, [
      index,
    ]);
    return row?.recorded_at.toISOString() ?? null;
  }

  /** The first leaf that is not in the tree; null for none. */
  async beyondHead(): Promise<number | null> {
    const [row] = await this.db.query<{ index: string }>(
      `select l.index from leaf l, tree_head h where l.index >= h.size or l.index < 0 order by l.index limit 1`,
    );
    return row === undefined ? null : Number(row.index);
  }
}

function inFull(
  { index, leaf_data, hash, occurred_at, recorded_at, ...columns }: Row,
  parts: readonly PartInFull[],
): LeafInFull {
  return {
    index: Number(index),
    leafData: leaf_data,
    hash,
    columns: {
      ...(columns as Readonly<Record<string, string | number | null>>),
      occurred_at: occurred_at.toISOString(),
      recorded_at: recorded_at.toISOString(),
    },
    parts,
  };
}
