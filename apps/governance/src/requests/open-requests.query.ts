import type { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';

/** Open requests of these people, each with its beneficiary. */
export async function openRequests(
  db: Database,
  identityIds: readonly string[],
): Promise<(StoredState & { readonly beneficiary_id: string })[]> {
  return await db.query<StoredState & { beneficiary_id: string }>(
    `select id, version, fold, state, beneficiary_id from request where status = 'pending' and beneficiary_id = any($1::uuid[])`,
    [identityIds],
  );
}

/** Does somebody have an open request for the package? */
export async function isRequested(db: Database, beneficiaryId: string, packageId: string): Promise<boolean> {
  const rows = await db.query(
    `select 1 from request where beneficiary_id = $1 and package_id = $2 and status = 'pending'`,
    [beneficiaryId, packageId],
  );
  return rows.length > 0;
}

/** Open requests of which one of these people, or one of their reports, is beneficiary, or who wait for one of them. */
export async function requestsTouchedBy(db: Database, identityIds: readonly string[]): Promise<StoredState[]> {
  return await db.query<StoredState & Record<string, unknown>>(
    `select r.id, r.version, r.fold, r.state from request r where r.status = 'pending' and (
       r.beneficiary_id = any($1::uuid[]) or r.deciders && $1::uuid[]
       or (r.approvers @> array['managers-manager']
         and exists (select 1 from identity i where i.id = r.beneficiary_id and i.manager_id = any($1::uuid[]))))`,
    [identityIds],
  );
}
