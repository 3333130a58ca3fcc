import type { Database } from '#libs/event-store/database.js';
import type { Frontier } from '#libs/merkle-log/tree.js';
import type { Work } from '#libs/event-store/work.js';

/** The current tree, and when its newest leaf was recorded. */
export interface TreeHead {
  readonly frontier: Frontier;
  /** ISO 8601 instant. */
  readonly recordedAt: string;
}

interface HeadRow {
  readonly size: string;
  readonly edge: Buffer;
  readonly recorded_at: Date;
  readonly known: string[];
}

export async function readHead(db: Database): Promise<TreeHead> {
  return (await readHeadAnd(db, [])).head;
}

/** The head, and which of these events have a leaf already (as `id type`), in one statement. */
export async function readHeadAnd(
  db: Database,
  eventIds: readonly string[],
): Promise<{ head: TreeHead; known: Set<string> }> {
  const [row] = await db.query<HeadRow>(
    `select size, edge, recorded_at,
       array(select event_id::text || ' ' || type from leaf where event_id = any($1::uuid[])) as known
     from tree_head`,
    [eventIds],
  );
  if (row === undefined) throw new Error('the log has no head');
  const frontier = { size: Number(row.size), edge: edgeOf(row.edge) };
  return { head: { frontier, recordedAt: row.recorded_at.toISOString() }, known: new Set(row.known) };
}

/** Moves the head from one size to the next; the whole work fails if another process moved it. */
export function moveHead(work: Work, from: Frontier, to: Frontier, recordedAt: string): void {
  work.expect(
    `update tree_head set size = $2::bigint, edge = $3::bytea, recorded_at = $4::timestamptz where size = $1::bigint and edge = $5::bytea`,
    [from.size, to.size, Buffer.concat(to.edge), recordedAt, Buffer.concat(from.edge)],
    1,
    'head of the log',
  );
}

function edgeOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}
