import type { Database } from '#libs/event-store/database.js';
import type { NameBearer } from './batch-names.js';
import { formerDigest } from './former-names.projection.js';
import { nameKey } from './user-name.js';

/** Everybody who has one of these names, or had it; one query. */
export async function nameBearers(db: Database, names: readonly string[]): Promise<readonly NameBearer[]> {
  return await db.query<{ name: string; bearer: string | null }>(
    `with n as materialized (select unnest($1::text[]) as name)
     select n.name, x.id as bearer from n, lateral (select id from identity where user_name_key = n.name limit 1) x
     union all
     select n.name, x.identity_id from n, lateral (select identity_id from former_name where digest = ${formerDigest('n.name')} limit 1) x`,
    [[...new Set(names.map(nameKey))]],
  );
}
