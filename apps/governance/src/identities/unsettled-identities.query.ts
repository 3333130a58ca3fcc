import type { Database } from '#libs/event-store/database.js';

/** Identities whose manager was not known when HR named them, and is known now. */
export async function foundManagers(
  db: Database,
  limit: number,
): Promise<readonly { readonly id: string; readonly manager: string }[]> {
  return await db.query<{ id: string; manager: string }>(
    `select i.id, m.id as manager from identity i, lateral (
       select id from identity where live_numbers @> array[i.manager_number] and id <> i.id order by id limit 1) m
     where i.manager_id is null and i.manager_number is not null limit $1`,
    [limit],
  );
}

/** Identities without the userName of their address, and who has that name instead. */
export async function displacedNames(
  db: Database,
  limit: number,
): Promise<readonly { readonly id: string; readonly bearer: string | null }[]> {
  return await db.query<{ id: string; bearer: string | null }>(
    `select i.id, b.id as bearer from identity i left join identity b on b.user_name_key = i.address_key
     where i.address_key <> i.user_name_key and b.address_key is distinct from i.address_key order by i.id limit $1`,
    [limit],
  );
}
