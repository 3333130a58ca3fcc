import type { Database } from '#libs/event-store/database.js';

/**
 * The epoch of the shared bus, which rises by itself when this is another database system than last time (a logical copy,
 * a point-in-time restore, a failover), because transaction ids of the two do not compare. Its owner's function does it.
 */
export async function raiseBusEpoch(db: Database): Promise<void> {
  await db.query('select bus.raise_epoch()');
}
