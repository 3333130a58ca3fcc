import type { Database } from './database.js';

/** The transaction of the whole cluster that has written and is open for longest: it stops readers in commit order. */
export interface OldestWriter {
  /** Since it began; a prepared one since it was prepared. */
  readonly seconds: number;
  readonly kind: 'session' | 'prepared';
  /** Process id, or name of the prepared transaction. */
  readonly name: string;
}

/** This role may not see what others do (it lacks pg_read_all_stats): who writes is unknown. */
export const hiddenWriters = 'hidden';

/** Null when nobody else writes. */
export async function oldestWriter(db: Database): Promise<OldestWriter | typeof hiddenWriters | null> {
  const [row] = await db.query<{
    may_see: boolean;
    seconds: number | null;
    kind: OldestWriter['kind'] | null;
    name: string;
  }>(
    `select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as may_see, w.* from (select) always left join (
       select extract(epoch from clock_timestamp() - xact_start)::float8 as seconds, 'session' as kind, pid::text as name
         from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
       union all
       select extract(epoch from clock_timestamp() - prepared)::float8, 'prepared', gid from pg_prepared_xacts
     ) w on true order by w.seconds desc nulls last limit 1`,
  );
  if (row?.may_see !== true) return hiddenWriters;
  return row.kind === null ? null : { seconds: Math.max(row.seconds ?? 0, 0), kind: row.kind, name: row.name };
}
