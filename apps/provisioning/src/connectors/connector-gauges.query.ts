import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';

/** The state of each enforcing connector: one line with the value 1 if it works, and since when it is in this state. */
export async function connectorGauges(database: Database, now: string): Promise<Gauge[]> {
  const rows = await database.query<{ connector: string; state: string; seconds: number; left: number | null }>(
    `select c.id as connector, coalesce(h.state, 'unknown') as state,
       coalesce(extract(epoch from $1::timestamptz - h.since), 0)::float8 as seconds,
       extract(epoch from (c.document->'auth'->>'expiresAt')::timestamptz - $1::timestamptz)::float8 as left
     from connector c left join connector_health h on h.connector = c.id
     where c.document->>'mode' = 'enforce' order by c.id`,
    [now],
  );
  return rows.flatMap(({ connector, state, seconds, left }) => [
    {
      name: 'hub_connector_working',
      help: '1 if the connector works; 0 if it is held, refused in part, misconfigured or not checked yet',
      labels: { connector, state },
      value: state === 'working' ? 1 : 0,
    },
    {
      name: 'hub_connector_state_seconds',
      help: 'how long the connector has been in its state',
      labels: { connector, state },
      value: seconds,
    },
    ...(left === null
      ? []
      : [
          {
            name: 'hub_connector_credentials_expiry_seconds',
            help: 'how long the credentials of the connector still count; negative once they have expired',
            labels: { connector },
            value: left,
          },
        ]),
  ]);
}
