import type { Database } from '#libs/event-store/database.js';
import type { MessageRow } from './desired-accesses.stream.js';

/** The newest message of each identity in an application, a page by identity. */
export async function newestMessages(
  db: Database,
  application: string,
  after: string,
  limit: number,
): Promise<MessageRow[]> {
  return await db.query<MessageRow & Record<string, unknown>>(
    `select identity_id, application, fold, message from desired_access
     where application = $1 and identity_id > $2::uuid order by identity_id limit $3`,
    [application, after, limit],
  );
}

/** The number of people who have a message in an application. */
export async function countMessages(db: Database, application: string): Promise<number> {
  const [row] = await db.query<{ messages: number }>(
    `select count(*)::int as messages from desired_access where application = $1`,
    [application],
  );
  return row?.messages ?? 0;
}
