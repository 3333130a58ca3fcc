import type { Database } from '#libs/event-store/database.js';
import type { NameBearer } from './batch-names.js';
import { formerDigest } from './former-names.projection.js';
import { nameKey } from './user-name.js';

/** Everybody who has one of these names, or had it; one query. */
export async function nameBearers(db: Database, names: readonly string[]): Promise<readonly NameBearer[]> {
  return await db.query<{ name: string; bearer: string | null }>(
    `with n as materialized (select name, ${formerDigest('name')} as digest from unnest($1::text[]) as name)
     select n.name, x.id as bearer from n, lateral (select id from identity where user_name_key = n.name limit 1) x
     union all select n.name, x.identity_id from n join former_name x on x.digest = n.digest
     union all select n.name, null from n join forgotten_name x on x.digest = n.digest`,
    [[...new Set(names.map(nameKey))]],
  );
}
