import { groups } from '#libs/contracts/groups.js';
import type { Database } from '#libs/event-store/database.js';

import type { Gauge } from '#libs/service-kit/service/service-definition.js';

/**
 * Counts messages without an entry. The log stores a substitute for messages it cannot store, so only its own fault
 * parks one.
 */
async function countParked(db: Database): Promise<number> {
  const [row] = await db.query<{ count: string | null }>(
    `select sum(length) as count from parked_line where consumer = $1`,
    [groups.audit],
  );
  return Number(row?.count ?? 0);
}

/** For `/health/ready`. */
export async function parkedFindings(db: Database): Promise<readonly string[]> {
  const count = await countParked(db);
  if (count === 0) return [];
  return [
    `${count} messages are parked and have no entry in the log: GET /audit/v1/parked-messages has the reasons; repair them and replay`,
  ];
}

/** For `/metrics`. */
export async function logGauges(db: Database, now: string): Promise<readonly Gauge[]> {
  const [row] = await db.query<{ entries: number; unsigned: number }>(
    `select h.size::float8 as entries,
       case when coalesce(s.size, 0) < h.size then extract(epoch from $1::timestamptz - coalesce(l.recorded_at, h.recorded_at)) else 0 end::float8 as unsigned
     from tree_head h
     left join lateral (select size from signed_checkpoint order by size desc limit 1) s on true
     left join leaf l on l.index = coalesce(s.size, 0)`,
    [now],
  );
  const gauge = (name: string, help: string, value: number): Gauge => ({ name, help, labels: {}, value });
  return [
    gauge('hub_audit_parked_messages', 'messages that are parked and have no entry in the log', await countParked(db)),
    gauge('hub_audit_entries', 'entries of the log', row?.entries ?? 0),
    gauge(
      'hub_audit_unsigned_seconds',
      'how long the oldest entry that no signed checkpoint covers has waited; 0 if there is none',
      row?.unsigned ?? 0,
    ),
  ];
}
