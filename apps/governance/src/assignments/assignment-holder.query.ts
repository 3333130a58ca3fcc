import type { Database } from '#libs/event-store/database.js';

/** The identity that holds an assignment; null for none of that id. */
export async function holderOf(db: Database, assignmentId: string): Promise<string | null> {
  const [row] = await db.query<{ identity_id: string }>(`select identity_id from assignment where id = $1::uuid`, [
    assignmentId,
  ]);
  return row?.identity_id ?? null;
}
