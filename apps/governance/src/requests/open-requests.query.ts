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

/** Cancelled requests of these people. */
export async function cancelledRequests(db: Database, identityIds: readonly string[]): Promise<StoredState[]> {
  return await db.query<StoredState & Record<string, unknown>>(
    `select id, version, fold, state from request where status = 'cancelled' and beneficiary_id = any($1::uuid[])`,
    [identityIds],
  );
}

/** Packages for which somebody has an open request. */
export async function requestedPackages(db: Database, beneficiaryId: string): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ package_id: string }>(
    `select package_id from request where beneficiary_id = $1::uuid and status = 'pending'`,
    [beneficiaryId],
  );
  return new Set(rows.map(({ package_id }) => package_id));
}

/**
 * Open requests that wait for one of these people, or could: theirs and their reports', and those whose stages name them.
 * @param owned applications that one of them owns
 */
export async function requestsTouchedBy(
  db: Database,
  identityIds: readonly string[],
  owned: readonly string[],
): Promise<StoredState[]> {
  return await db.query<StoredState & Record<string, unknown>>(
    `select r.id, r.version, r.fold, r.state from request r where r.status = 'pending' and (
       r.beneficiary_id = any($1::uuid[]) or r.deciders && $1::uuid[]
       or r.approvers && $2::text[]
       or (r.approvers @> array['application-owner'] and r.applications && $3::text[])
       or (r.approvers && array['manager', 'managers-manager'] and exists (
         select 1 from identity i left join identity m on m.id = i.manager_id
         where i.id = r.beneficiary_id and (i.manager_id = any($1::uuid[]) or m.manager_id = any($1::uuid[])))))`,
    [identityIds, identityIds.map((id) => `user:${id}`), owned],
  );
}
