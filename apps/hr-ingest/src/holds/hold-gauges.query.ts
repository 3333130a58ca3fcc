import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';

const help = {
  hub_hr_held: 'statements of HR that wait for an hr-operator',
  hub_hr_held_leavers: 'of them, people who would leave and keep their access until somebody decides',
  hub_hr_held_leavers_overdue: 'of those, the ones whose deadline is over',
  hub_hr_missing: 'people whom the last full feed left out, and who have their access still',
} as const;

/** What of HR's statements waits for a person. */
export async function holdGauges(database: Database, now: string): Promise<Gauge[]> {
  const [row] = await database.query<Record<keyof typeof help, number>>(
    `select count(*)::int as hub_hr_held,
       count(*) filter (where kind = 'leaving')::int as hub_hr_held_leavers,
       count(*) filter (where kind = 'leaving' and deadline < $1::timestamptz)::int as hub_hr_held_leavers_overdue,
       (select count(*)::int from missing where ended_at is null) as hub_hr_missing
     from hold where status = 'held'`,
    [now],
  );
  return Object.entries(help).map(([name, text]) => ({
    name,
    help: text,
    labels: {},
    value: row?.[name as keyof typeof help] ?? 0,
  }));
}
