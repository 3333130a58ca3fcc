import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';

/** A page of examined leavers. */
export interface Examined {
  /** Last id of the page; null behind the end. */
  readonly last: string | null;
  /** Leavers of the page who hold something, or have something open. */
  readonly found: readonly string[];
}

/** Examines a page of inactive identities for assignments, accounts and requests. */
export async function examineLeavers(db: Database, after: string, limit: number): Promise<Examined> {
  const [row] = await db.query<{ last: string | null; found: readonly string[] }>(
    `with page as materialized (
       select id from identity where status = 'inactive' and id > $1::uuid order by id limit $2)
     select (select id from page order by id desc limit 1) as last, array(
       select id from page p
       where exists (select 1 from assignment a where a.identity_id = p.id and a.status in ('active', 'scheduled', 'suspended'))
         or exists (select 1 from desired_access d where d.identity_id = p.id
           and d.message -> 'body' -> 'accounts' @> '[{"active": true}]')
         or exists (select 1 from request r where r.beneficiary_id = p.id and r.status = 'pending')
       order by id) as found`,
    [after, limit],
  );
  return row ?? { last: null, found: [] };
}

export function recordSweep(work: Work, found: number, at: string): void {
  work.run(`update leavers_sweep set found = found + $1::int, swept_at = $2::timestamptz`, [found, at]);
}
