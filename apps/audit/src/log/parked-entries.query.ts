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
export async function parkedGauges(db: Database): Promise<readonly Gauge[]> {
  const help = 'messages that are parked and have no entry in the log';
  return [{ name: 'hub_audit_parked_messages', help, labels: {}, value: await countParked(db) }];
}
