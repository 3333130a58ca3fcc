import type { Database } from './database.js';
import { serverIdentitySql } from './server-identity.js';

/**
 * The epoch of this service's order. It rises by itself when the database is another one than last time (logical copy,
 * point-in-time restore, failover: system identifier or timeline differ), because transaction ids of the two do not
 * compare. A rise is harmless: older rows sort before newer ones.
 */
export async function currentEpoch(db: Database): Promise<number> {
  const rows = await db.query<{ epoch: number }>(
    `insert into store_identity as s (single, system_identifier, timeline, epoch)
     select true, c.system, c.timeline, 1 from (${serverIdentitySql}) c
     on conflict (single) do update set
       epoch = s.epoch + case when (s.system_identifier, s.timeline) = (excluded.system_identifier, excluded.timeline) then 0 else 1 end,
       system_identifier = excluded.system_identifier, timeline = excluded.timeline
     returning epoch`,
  );
  return rows[0]?.epoch ?? 1;
}
