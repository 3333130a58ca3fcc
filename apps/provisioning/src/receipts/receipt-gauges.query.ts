import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { decidedAtSql, receiptsSql } from './receipt-rows.query.js';

const names = {
  hub_revocation_seconds:
    'of people who left in the last 24 hours: seconds from the decision to the reading that showed the access gone, by quantile',
  hub_revocations_late:
    'of people who left in the last 24 hours: accounts that were not, or are not, shown to be gone within the agreed time',
} as const;
const dayMs = 86_400_000;

interface Row extends Record<string, unknown> {
  readonly connector: string;
  readonly late: number;
  readonly seconds: readonly number[] | null;
}

const quantiles = [0.5, 0.95, 0.99] as const;

/** How long revocations took. Reads the people who left in the last 24 hours only. */
export async function receiptGauges(database: Database, now: string, agreedMs: number): Promise<Gauge[]> {
  const since = new Date(Date.parse(now) - dayMs).toISOString();
  const rows = await database.query<Row>(
    `select c.connector_id as connector, coalesce(n.late, 0) as late, n.seconds
     from (select distinct connector_id from application) c
     left join (
       select r.connector, count(*) filter (where r.late)::int as late,
         percentile_disc(array[${quantiles.join(', ')}]::float8[]) within group (order by r.seconds) as seconds
       from (${receiptsSql('$1', '$2', `and ${decidedAtSql} >= $3::timestamptz`)}) r group by 1
     ) n on n.connector = c.connector_id order by 1`,
    [now, agreedMs / 1_000, since],
  );
  return rows.flatMap(({ connector, late, seconds }) => [
    { name: 'hub_revocations_late', help: names.hub_revocations_late, labels: { connector }, value: late },
    ...quantiles.flatMap((quantile, place) => {
      const value = seconds?.[place] ?? null;
      const labels = { connector, quantile: String(quantile) };
      return value === null
        ? []
        : [{ name: 'hub_revocation_seconds', help: names.hub_revocation_seconds, labels, value }];
    }),
  ]);
}
