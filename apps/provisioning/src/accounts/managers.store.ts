import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';

/** Managers whose reports are made due by one statement. */
const managersAtOnce = 200;

/** SQL: the id of the manager's account. Joins `d`, a row of `desired`, with its connector's accounts. */
export const managerAccountSql = (connector: string): string =>
  `(select m.account_id from account m where m.connector = ${connector} and m.identity_id = (${managerSql('d')})::uuid)`;

/** SQL: the identity of the manager, as text; null where there is none. */
const managerSql = (desired: string): string => `${desired}.body->'accounts'->0->'attributes'->>'managerIdentity'`;

/** Those whose manager has another account now are due again, after all other work. Resolves with how many managers there were. */
export async function releaseReports(db: Database, connector: string, now: string): Promise<number> {
  const rows = await db.query(
    `with changed as (
       delete from changed_manager c using (
         select connector, identity_id from changed_manager where connector = $1 limit ${managersAtOnce} for update skip locked
       ) few where c.connector = few.connector and c.identity_id = few.identity_id returning c.identity_id
     ), due as (
       update desired d set dirty = true, asked = d.asked + 1, next_attempt_at = $2::timestamptz,
         priority = case d.priority when 0 then 0 else 2 end
       from application p
       where p.connector_id = $1 and d.application = p.id and d.dismissed_code is null
         and (${managerSql('d')}) in (select identity_id::text from changed)
     ) select identity_id from changed`,
    [connector, now],
  );
  return rows.length;
}

/** Notes, with the facts, that accounts have another id in the application, or none. */
export function noteChangedManagers(work: Work, connector: string, identities: readonly string[]): void {
  if (identities.length === 0) return;
  work.run(
    `insert into changed_manager (connector, identity_id) select $1, unnest($2::uuid[]) on conflict do nothing`,
    [connector, [...new Set(identities)]],
  );
}
