import type { Database } from '#libs/event-store/database.js';
import { stillEnabled } from './still-enabled.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';

const help = {
  hub_accounts_waiting: 'accounts that are not yet as they should be',
  hub_accounts_failing: 'waiting accounts whose last attempt failed',
  hub_accounts_failing_seconds: 'how long the account that fails longest has been failing',
  hub_accounts_parked: 'accounts that wait for a person',
} as const;

/**
 * Counts accounts that wait for applications and for people, by connector. Reads only accounts that are not in sync.
 */
export async function accountGauges(database: Database, now: string): Promise<Gauge[]> {
  const rows = await database.query<{ connector: string } & Record<keyof typeof help, number>>(
    `select p.connector_id as connector,
       count(d.identity_id) filter (where d.parked_code is null)::int as hub_accounts_waiting,
       count(*) filter (where d.parked_code is null and d.attempts > 0)::int as hub_accounts_failing,
       coalesce(extract(epoch from $1::timestamptz - min(d.failing_since) filter (where d.parked_code is null and d.attempts > 0)), 0)::float8
         as hub_accounts_failing_seconds,
       count(*) filter (where d.parked_code is not null)::int as hub_accounts_parked
     from application p left join desired d on d.application = p.id and (d.dirty or d.parked_code is not null)
     group by p.connector_id order by p.connector_id`,
    [now],
  );
  const leavers = await database.query<{ connector: string; value: number }>(
    `select c.connector_id as connector, coalesce(n.value, 0) as value
     from (select distinct connector_id from application) c
     left join (select p.connector_id, count(*)::int as value from ${stillEnabled} group by 1) n using (connector_id) order by 1`,
  );
  const text =
    'people who left and whose account may still be usable: GET /provisioning/v1/leavers-still-enabled has the reasons';
  const ofLeavers = leavers.map(({ connector, value }) => ({
    name: 'hub_leavers_still_enabled',
    help: text,
    labels: { connector },
    value,
  }));
  const removals = await database.query<{ connector: string; value: number }>(
    `select c.connector_id as connector, coalesce(n.value, 0) as value
     from (select distinct connector_id from application) c
     left join (
       select a.connector, count(*)::int as value from account a cross join lateral jsonb_object_keys(a.state->'unverified') k
       where a.unverified group by 1
     ) n on n.connector = c.connector_id order by 1`,
  );
  const ofRemovals = removals.map(({ connector, value }) => ({
    name: 'hub_removals_unverified',
    help: 'removals that the application cannot show, until a person confirms them: GET …/connectors/ID/unverified-removals',
    labels: { connector },
    value,
  }));
  const ofAccounts = rows.flatMap(({ connector, ...values }) =>
    Object.entries(help).map(([name, text]) => ({
      name,
      help: text,
      labels: { connector },
      value: values[name as keyof typeof help],
    })),
  );
  return [...ofAccounts, ...ofLeavers, ...ofRemovals];
}
