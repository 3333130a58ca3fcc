import type { Pool, PoolClient } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

export interface PoolTarget {
  readonly url: string;
  /** Schema of one service: made if missing, first in `search_path`. */
  readonly schema: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Role that every connection works as; the one that logs in unless given. */
  readonly role?: string;
}

const sessionSettings = {
  idle_in_transaction_session_timeout: '30000',
  jit: 'off',
  // Statements walk indexes: sizes matter to their plans, histograms do not, and a small sample is quickly taken.
  default_statistics_target: '3',
  // One plan for all parameters: the planner would else make a new one for each page (docs/decisions/0008).
  plan_cache_mode: 'force_generic_plan',
};
/** A connection without traffic for this time is checked (TCP keep-alive). */
const keepAliveMs = 10_000;

/** TypeORM's, connected; its pool is kept as `pool` says. Rejects with the driver's error when the database cannot be reached. */
export async function openPool({ url, schema, migrations, role }: PoolTarget, pool: object): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    synchronize: false,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    extra: {
      ...pool,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
      application_name: `hub-${schema}`,
      options: Object.entries({ ...(role === undefined ? {} : { role }), search_path: schema, ...sessionSettings })
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
    poolErrorHandler: () => {
      // A broken idle connection is replaced on the next use; the caller of that use sees what matters.
    },
  });
  await dataSource.initialize();
  return dataSource;
}

export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/**
 * Several services may start at once on one database: one at a time makes schemas and runs migrations. Needs a pool of
 * two whose statements are not limited: to build a large index takes its time, and so does waiting for who does that.
 */
export async function migrate(dataSource: DataSource, schema: string): Promise<void> {
  await withClient(poolOf(dataSource), async (client) => {
    try {
      await client.query('select pg_advisory_lock(7205759403792794)');
      await client.query(`create schema if not exists ${quoteIdentifier(schema)}`);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await client.query('select pg_advisory_unlock(7205759403792794)').catch(() => undefined);
    }
  });
}

/** A connection for `use` alone; one that broke meanwhile is not used again, and takes nobody down. */
export async function withClient<T>(pool: Pool, use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: unknown;
  const note = (error: unknown): void => void (broken = error);
  client.on('error', note);
  try {
    return await use(client);
  } finally {
    if (broken === undefined) client.off('error', note);
    client.release(broken !== undefined);
  }
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Names of the migrations that the schema does not have yet; reads only. */
export async function pendingMigrations(pool: Pool, { schema, migrations }: PoolTarget): Promise<string[]> {
  const table = `${quoteIdentifier(schema)}.migration`;
  return await withClient(pool, async (client) => {
    const { rows: found } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
      table,
    ]);
    const done =
      found[0]?.there === true ? (await client.query<{ name: string }>(`select name from ${table}`)).rows : [];
    const names = new Set(done.map(({ name }) => name));
    return migrations.map((Migration) => new Migration().name ?? Migration.name).filter((name) => !names.has(name));
  });
}
