import type { Database } from './database.js';
import { beginning, type LogPosition } from './event-store.js';

/** Longest time between the begin of a transaction and the moment its facts say they were recorded at, in milliseconds. */
const longestTransactionMs = 2 * 60_000;

/**
 * The place before every fact recorded at an instant or later; some that are a little older follow it, too. Found by halving
 * the transactions of each epoch, so it costs the same however long the history is.
 * @param instant ISO 8601
 */
export async function positionAt(db: Database, instant: string): Promise<LogPosition> {
  const from = new Date(Date.parse(instant) - longestTransactionMs).toISOString();
  for (let epoch = await epochAfter(db, 0); epoch !== null; epoch = await epochAfter(db, epoch)) {
    const tx = await firstSince(db, epoch, from);
    if (tx !== null) return { epoch, tx: String(tx - 1n), position: String(Number.MAX_SAFE_INTEGER) };
  }
  const [last] = await db.query<{ epoch: number; tx_text: string; position: string }>(
    `select epoch, tx::text as tx_text, position from events order by epoch desc, tx desc, position desc limit 1`,
  );
  return last === undefined ? beginning : { epoch: last.epoch, tx: last.tx_text, position: last.position };
}

async function epochAfter(db: Database, epoch: number): Promise<number | null> {
  const [row] = await db.query<{ epoch: number }>(
    `select epoch from events where epoch > $1::int order by epoch, tx, position limit 1`,
    [epoch],
  );
  return row?.epoch ?? null;
}

/** The first transaction of an epoch whose facts were recorded at `from` or later; null when all are older. */
async function firstSince(db: Database, epoch: number, from: string): Promise<bigint | null> {
  const next = async (tx: bigint): Promise<{ tx: bigint; since: boolean } | null> => {
    const [row] = await db.query<{ tx_text: string; since: boolean }>(
      `select tx::text as tx_text, recorded_at >= $3::timestamptz as since from events
       where epoch = $1::int and tx >= $2::xid8 order by epoch, tx, position limit 1`,
      [epoch, String(tx), from],
    );
    return row === undefined ? null : { tx: BigInt(row.tx_text), since: row.since };
  };
  const [last] = await db.query<{ tx_text: string; since: boolean }>(
    `select tx::text as tx_text, recorded_at >= $2::timestamptz as since from events
     where epoch = $1::int order by epoch desc, tx desc, position desc limit 1`,
    [epoch, from],
  );
  if (last?.since !== true) return null;
  let [low, high] = [0n, BigInt(last.tx_text)];
  while (low < high) {
    const middle = (low + high) / 2n;
    const found = await next(middle);
    if (found?.since === false) low = found.tx + 1n;
    else high = middle;
  }
  return (await next(low))?.tx ?? null;
}
