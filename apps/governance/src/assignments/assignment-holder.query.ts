import type { Database } from '#libs/event-store/database.js';

/** Who holds an assignment, and of which package; null for none of that id. */
export async function holderOf(
  db: Database,
  assignmentId: string,
): Promise<{ readonly identityId: string; readonly packageId: string } | null> {
  const [row] = await db.query<{ identityId: string; packageId: string }>(
    `select identity_id as "identityId", package_id as "packageId" from assignment where id = $1::uuid`,
    [assignmentId],
  );
  return row ?? null;
}
