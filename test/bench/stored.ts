import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Counts } from './measure.js';

/** What a hub has stored, how many statements it took, and how many updates of rows, of which HOT ones write no index. */
export type Stored = Readonly<
  Record<
    'facts' | 'messages' | 'leaves' | 'statements' | 'updates' | 'updates in place' | 'kB of WAL' | 'kB on disk',
    number
  >
>;

/** The embedded database of a hub, as its data directory tells. */
export function urlOf(dataDir: string): string {
  const port = readFileSync(`${dataDir}/postgres/postmaster.pid`, 'utf8').split('\n')[3] ?? '';
  const password = readFileSync(`${dataDir}/postgres.password`, 'utf8').trim();
  return `postgres://hub:${password}@127.0.0.1:${port}/hub`;
}

/** Every statement of the hub is a transaction of its own; the server counts them with a delay of up to ten seconds. */
export async function storedBy(dataDir: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: urlOf(dataDir) });
  await client.connect();
  try {
    const { rows } = await client.query<Stored>(
      `select (select count(*) from hr.events)::float8 + (select count(*) from governance.events)
           + (select count(*) from provisioning.events) + (select count(*) from audit.events) as facts,
         (select count(*) from bus.message)::float8 as messages,
         (select count(*) from audit.leaf)::float8 as leaves,
         (select xact_commit from pg_stat_database where datname = current_database())::float8 as statements,
         (select sum(n_tup_upd) from pg_stat_user_tables)::float8 as updates,
         (select sum(n_tup_hot_upd) from pg_stat_user_tables)::float8 as "updates in place",
         pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 / 1024 as "kB of WAL",
         pg_database_size(current_database())::float8 / 1024 as "kB on disk"`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('one row was asked for');
    return row;
  } finally {
    await client.end();
  }
}

/** What came in between, for each of so many people. */
export function storedForEach(before: Stored, after: Stored, people: number): Counts {
  const names = Object.keys(after) as (keyof Stored)[];
  return Object.fromEntries(names.map((name) => [name, (after[name] - before[name]) / people]));
}
