import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';

const help = {
  hub_exposures_open:
    'accounts whose access should have ended and is not confirmed gone: GET /provisioning/v1/exposures has the reasons',
  hub_exposures_overdue: 'of these, the ones whose deadline is over',
  hub_exposures_oldest_seconds: 'time since it was decided that the longest exposed access ends',
} as const;

/** Counts open exposures by connector. Reads open ones only. */
export async function exposureGauges(database: Database, now: string): Promise<Gauge[]> {
  const rows = await database.query<{ connector: string } & Record<keyof typeof help, number>>(
    `select c.connector_id as connector, count(e.id)::int as hub_exposures_open,
       count(e.id) filter (where e.due_at < $1::timestamptz)::int as hub_exposures_overdue,
       greatest(coalesce(extract(epoch from $1::timestamptz - min(e.decided_at)), 0), 0)::float8 as hub_exposures_oldest_seconds
     from (select connector_id from application union select connector from exposure where closed_at is null) c
     left join exposure e on e.connector = c.connector_id and e.closed_at is null
     group by 1 order by 1`,
    [now],
  );
  return rows.flatMap(({ connector, ...values }) =>
    Object.entries(help).map(([name, text]) => ({
      name,
      help: text,
      labels: { connector },
      value: values[name as keyof typeof help],
    })),
  );
}
