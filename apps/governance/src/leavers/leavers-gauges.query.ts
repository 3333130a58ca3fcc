import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';

/** What the sweep over leavers has found so far, and how long ago it last ran. */
export async function leaversSweepGauges(database: Database, now: string): Promise<readonly Gauge[]> {
  const [row] = await database.query<{ found: number; age: number | null }>(
    `select found, extract(epoch from $1::timestamptz - swept_at)::float8 as age from leavers_sweep`,
    [now],
  );
  return [
    {
      name: 'hub_leavers_found_with_access_total',
      help: 'leavers in whom the sweep found access, which it removed; any rise is a fault to report',
      labels: {},
      value: row?.found ?? 0,
    },
    {
      name: 'hub_leavers_sweep_age_seconds',
      help: 'time time since the sweep over leavers last ran',
      labels: {},
      value: Math.max(row?.age ?? 0, 0),
    },
  ];
}
