import type { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';

/** Delegations from or to a person that are not over at an instant; they may begin later. */
export function liveDelegations(db: Database, identityId: string, at: string): Promise<StoredState[]> {
  return db.query<StoredState & Record<string, unknown>>(
    `select id, version, fold, state from delegation
     where (delegator_id = $1::uuid or delegate_id = $1::uuid) and ended_at is null and until_at > $2::timestamptz`,
    [identityId, at],
  );
}
