import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';

const help = {
  hub_hr_held: 'statements of HR that wait for an hr-operator',
  hub_hr_held_leavers: 'held leavers: people who keep their access until somebody decides',
  hub_hr_held_leavers_overdue: 'held leavers whose deadline has passed',
  hub_hr_missing: 'people who are missing in the last full feed and still have access',
} as const;

/** Counts the HR statements that wait for an hr-operator. */
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
