import { createHash } from 'node:crypto';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { arrayLiteral, binaryTextArray } from './array-parameter.js';
import { asConflict, ConcurrencyConflict } from './conflict.js';
import { Doorbell } from './doorbell.js';
import { ServerIdentity } from './server-identity.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Schema of one service: made if missing, first in `search_path`. */
  readonly schema: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Connections kept; 6 unless given. */
  readonly poolSize?: number;
  /** Shared by the services of one process; made here when absent. */
  readonly doorbell?: Doorbell;
  /** Listen for and send rings between processes; true unless the process is known to be alone on this database. */
  readonly crossProcess?: boolean;
}

const sessionSettings = {
  idle_in_transaction_session_timeout: '30000',
  jit: 'off',
  // Statements walk indexes: sizes matter to their plans, fine histograms do not, and a small sample is quickly taken.
  default_statistics_target: '10',
};

type Row = Record<string, unknown>;

/** A transaction at REPEATABLE READ, which only `Database.transaction` makes. */
export class Tx {
  private constructor(private readonly client: Pick<PoolClient, 'query'>) {}

  static of(client: Pick<PoolClient, 'query'>): Tx {
    return new Tx(client);
  }

  async query<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return (await run(this.client, sql, params)).rows as R[];
  }
}

/**
 * One service's place in PostgreSQL. The pool is TypeORM's, so that read models, migrations and the store share it;
 * hot paths use its `pg` clients directly with named statements.
 */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly schema: string,
    readonly doorbell: Doorbell,
    private readonly pool: Pool,
    /** Resolves when the server was replaced by another history (failover, restore): the process must start again. */
    readonly replaced: Promise<void>,
  ) {}

  /** Connects, makes the schema, migrates. Rejects with the driver's error when the database is away. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { url, schema } = options;
    const server = new ServerIdentity();
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      synchronize: false,
      migrations: [...options.migrations],
      migrationsTableName: 'migration',
      migrationsTransactionMode: 'each',
      extra: {
        max: options.poolSize ?? 6,
        verify: server.verify,
        application_name: `hub-${schema}`,
        options: Object.entries({ search_path: schema, ...sessionSettings })
          .map(([name, value]) => `-c ${name}=${value}`)
          .join(' '),
      },
      poolErrorHandler: () => {
        // A broken idle connection is replaced on the next use; the caller of that use sees what matters.
      },
    });
    await dataSource.initialize();
    const pool = (dataSource.driver as unknown as { master: Pool }).master;
    const doorbell = options.doorbell ?? new Doorbell();
    const db = new Database(dataSource, schema, doorbell, pool, server.replaced);
    await db.migrate();
    if (options.crossProcess ?? true) await db.joinDoorbell();
    return db;
  }

  /** A plain read (or one self-contained statement), autocommit, prepared under a name made from its text. */
  async query<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    try {
      return (await run(this.pool, sql, params)).rows as R[];
    } catch (error) {
      throw asConflict(error);
    }
  }

  /**
   * Runs `work` at REPEATABLE READ from its first statement, so that nothing it read has a higher transaction id than
   * its own, and repeats it whole on 40001, 40P01 or a `ConcurrencyConflict`, up to `attempts` times.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, attempts = 8): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(work);
      } catch (error) {
        const known = asConflict(error);
        if (!(known instanceof ConcurrencyConflict) || attempt >= attempts) throw known;
      }
    }
  }

  async close(): Promise<void> {
    this.doorbell.close();
    await this.stopListening?.();
    await this.dataSource.destroy();
  }

  private stopListening: (() => Promise<void>) | undefined;

  private async once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.connected(async (client) => {
      try {
        await client.query('begin isolation level repeatable read');
        const result = await work(Tx.of(client));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((failed: unknown) => client.emit('error', failed));
        throw error;
      }
    });
  }

  /** A connection for `use` alone; one that broke meanwhile is not used again, and takes nobody down. */
  private async connected<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
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

  /** Several services may start at once on one database: one at a time makes schemas and runs migrations. */
  private async migrate(): Promise<void> {
    await this.connected(async (client) => {
      try {
        await client.query('select pg_advisory_lock(7205759403792794)');
        await client.query(`create schema if not exists ${quoteIdentifier(this.schema)}`);
        await this.dataSource.runMigrations({ transaction: 'each' });
      } finally {
        await client.query('select pg_advisory_unlock(7205759403792794)').catch(() => undefined);
      }
    });
  }

  /** Rings cross processes on one channel of the database; the payload is the bell's name. */
  private async joinDoorbell(): Promise<void> {
    this.doorbell.connect(async (bells) => {
      await run(this.pool, 'select pg_notify($1, b) from unnest($2::text[]) b', [channel, bells]);
    });
    const state: { client?: PoolClient; stopped: boolean } = { stopped: false };
    const listen = async (): Promise<void> => {
      const client = await this.pool.connect();
      if (state.stopped) {
        client.release();
        return;
      }
      state.client = client;
      client.on('notification', ({ payload }) => {
        if (payload !== undefined) this.doorbell.ringHere(payload);
      });
      const lost = (error: Error): void => {
        // A connection may tell of its end more than once, also after it was given back.
        if (state.client !== client) return;
        delete state.client;
        client.removeAllListeners('notification');
        client.release(error);
        retry();
      };
      client.on('error', lost);
      await client.query(`listen ${channel}`).catch(lost);
      // Nobody knows what rang meanwhile.
      this.doorbell.ringAllHere();
    };
    const retry = (): void => {
      if (!state.stopped) setTimeout(() => void listen().catch(retry), 500).unref();
    };
    await listen();
    this.stopListening = () => {
      state.stopped = true;
      const { client } = state;
      delete state.client;
      client?.removeAllListeners('notification');
      client?.release(true);
      return Promise.resolve();
    };
  }
}

const channel = 'hub_doorbell';
const prepared = new Map<string, Prepared>();

/** A statement's name on every connection, and which of its parameters are arrays of texts. */
interface Prepared {
  readonly name: string;
  readonly textArrays: ReadonlySet<number>;
}

function preparedOf(sql: string): Prepared {
  const known = prepared.get(sql);
  if (known !== undefined) return known;
  const name = `h${createHash('sha256').update(sql).digest('base64url').slice(0, 20)}`;
  const textArrays = new Set([...sql.matchAll(/\$(\d+)::text\[\]/g)].map(([, n]) => Number(n) - 1));
  const made = { name, textArrays };
  if (prepared.size < 5000) prepared.set(sql, made);
  return made;
}

async function run(on: Pick<PoolClient, 'query'>, sql: string, params: readonly unknown[]): Promise<QueryResult<Row>> {
  const { name, textArrays } = preparedOf(sql);
  const values = params.map((param, index) => {
    if (!Array.isArray(param)) return param;
    return (textArrays.has(index) ? binaryTextArray(param) : undefined) ?? arrayLiteral(param) ?? (param as unknown);
  });
  return await on.query<Row>({ name, text: sql, values });
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
