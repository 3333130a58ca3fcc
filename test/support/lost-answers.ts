import type { Database } from '#libs/event-store/database.js';

/** What a process leaves that dies after the effects of its requests and before their answers are stored. */
export async function loseAnswers(db: Pick<Database, 'query'>, schema: string): Promise<void> {
  await db.query(`update ${schema}.idempotent_answer set answer = null, running_until = 'epoch'`);
}
