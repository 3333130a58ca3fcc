import type { Database } from '#libs/event-store/database.js';
import { serverIdentitySql } from '#libs/event-store/server-identity.js';

/**
 * The epoch of the shared bus, which rises by itself when this is another database system than last time (a logical copy,
 * a point-in-time restore, a failover), because transaction ids of the two do not compare.
 */
export async function raiseBusEpoch(db: Database): Promise<void> {
  await db.query(
    `update bus.identity i set epoch = i.epoch + 1, system_identifier = s.system, timeline = s.timeline
     from (${serverIdentitySql}) s
     where (i.system_identifier, i.timeline) is distinct from (s.system, s.timeline)`,
  );
}
