import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { casesSql } from './case-list.query.js';
import { caseKinds } from './cases.query.js';

/** Counts what waits for a person, by connector and kind, also where nothing does: an alert tells zero from unknown. Reads open cases only. */
export async function caseGauges(database: Database, now: string): Promise<Gauge[]> {
  const rows = await database.query<{ connector: string; kind: string; open: number; overdue: number }>(
    `select connector, kind, count(k.id)::int as open, count(k.id) filter (where k.due_at < $1::timestamptz)::int as overdue
     from (select connector_id as connector, kind from application, unnest($2::text[]) as kind) s
     full join (${casesSql('$1')}) k using (connector, kind) group by 1, 2 order by 1, 2`,
    [now, caseKinds],
  );
  return rows.flatMap(({ connector, kind, open, overdue }) => [
    {
      name: 'hub_cases_open',
      help: 'what waits for a person: GET /provisioning/v1/cases',
      labels: { connector, kind },
      value: open,
    },
    {
      name: 'hub_cases_overdue',
      help: 'of these, the ones whose time is over',
      labels: { connector, kind },
      value: overdue,
    },
  ]);
}
