import { createHash } from 'node:crypto';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import { arrayLiteral, binaryTextArray } from './array-parameter.js';
import { asConflict, ConcurrencyConflict } from './conflict.js';
import { Notifier } from './notifier.js';
import { usualLimits, withTimeout, type Limits } from './limits.js';
import { migrate, openPool, pendingMigrations, poolOf, withClient, type PoolTarget } from './pool.js';
import { ServerIdentity } from './server-identity.js';

export interface DatabaseOptions extends PoolTarget {
  /** Connections kept; 6 unless given. */
  readonly poolSize?: number;
  /** Shared by the services of one process; made here when absent. */
  readonly notifier?: Notifier;
  /** Listen for and send notifications between processes; true unless the process is alone on this database. */
  readonly crossProcess?: boolean;
  /** `check` refuses a schema that lacks migrations instead of running them. `run` unless given. */
  readonly migrate?: 'run' | 'check';
  /** Time limits; default `usualLimits`. */
  readonly limits?: Limits;
}

/** Longest transaction, in milliseconds: an open transaction stops every reader. */
const transactionMs = 60_000;

/** The database does not have this version: its owner migrates it, never the service. */
class NotMigrated extends Error {
  constructor(schema: string, pending: readonly string[]) {
    super(`the schema ${schema} lacks ${pending.length} migrations (${pending.slice(0, 3).join(', ')}…)`);
    this.name = 'NotMigrated';
  }
}

type Row = Record<string, unknown>;

/** A transaction at REPEATABLE READ, which only `Database.transaction` makes. */
export class Tx {
  private constructor(
    private readonly client: Pick<PoolClient, 'query'>,
    private readonly answerMs: number,
  ) {}

  static of(client: Pick<PoolClient, 'query'>, answerMs: number): Tx {
    return new Tx(client, answerMs);
  }

  async query<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return (await run(this.client, sql, params, this.answerMs)).rows as R[];
  }
}

/**
 * The database of one service. The pool is TypeORM's, so that read models, migrations and the store share it;
 * hot paths use its `pg` clients directly with named statements.
 */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly schema: string,
    readonly notifier: Notifier,
    private readonly answerMs: number,
    /** Resolves when the server has another history (failover, restore): the process must start again. */
    readonly replaced: Promise<void>,
  ) {
    this.pool = poolOf(dataSource);
  }

  private readonly pool: Pool;

  /** Connects, makes the schema, migrates. Rejects with the driver's error when the database cannot be reached. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { schema, limits = usualLimits } = options;
    const server = new ServerIdentity();
    const connect = async (max: number, statementMs: number, longestMs: number): Promise<DataSource> => {
      const verify = server.verify({ statementMs, transactionMs: longestMs });
      return await openPool(options, { max, verify, connectionTimeoutMillis: limits.connectionMs });
    };
    if (options.migrate !== 'check') {
      // Building a large index takes long, and so does waiting for another process that builds one.
      const unlimited = await connect(2, 0, 0);
      await migrate(unlimited, schema).finally(() => unlimited.destroy());
    }
    const dataSource = await connect(options.poolSize ?? 6, limits.statementMs, transactionMs);
    if (options.migrate === 'check') {
      const pending = await pendingMigrations(poolOf(dataSource), options);
      if (pending.length > 0) {
        await dataSource.destroy();
        throw new NotMigrated(schema, pending);
      }
    }
    const notifier = options.notifier ?? new Notifier();
    const db = new Database(dataSource, schema, notifier, limits.answerMs, server.replaced);
    if (options.crossProcess ?? true) await db.joinNotifier();
    return db;
  }

  /** Connections of this process that work, and statements that wait for one. */
  connections(): { readonly used: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { used: totalCount - idleCount, waiting: waitingCount };
  }

  /** A plain read (or one self-contained statement), autocommit, prepared under a name made from its text. */
  async query<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    try {
      return (await run(this.pool, sql, params, this.answerMs)).rows as R[];
    } catch (error) {
      throw asConflict(error);
    }
  }

  /**
   * Runs `work` at REPEATABLE READ from its first statement, so that nothing it read has a higher transaction id than
   * its own. Repeats all of it after 40001, 40P01 or a `ConcurrencyConflict`, up to `attempts` times.
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
    this.notifier.close();
    await this.stopListening?.();
    await this.dataSource.destroy();
  }

  private stopListening: (() => Promise<void>) | undefined;

  private async once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return await withClient(this.pool, async (client) => {
      const say = async (text: string): Promise<void> => void (await client.query(withTimeout(this.answerMs, text)));
      try {
        await say('begin isolation level repeatable read');
        const result = await work(Tx.of(client, this.answerMs));
        await say('commit');
        return result;
      } catch (error) {
        await say('rollback').catch((failed: unknown) => client.emit('error', failed));
        throw error;
      }
    });
  }

  /** Notifications between processes use one channel of the database; the payload is the name of the hub's channel. */
  private async joinNotifier(): Promise<void> {
    this.notifier.connect(async (channels) => {
      await this.query('select pg_notify($1, b) from unnest($2::text[]) b', [notifyChannel, channels]);
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
        if (payload !== undefined) this.notifier.notifyLocal(payload);
      });
      const lost = (error: Error): void => {
        // A connection may report its end more than once, also after it was released.
        if (state.client !== client) return;
        delete state.client;
        client.removeAllListeners('notification');
        client.release(error);
        retry();
      };
      client.on('error', lost);
      await client.query(withTimeout(this.answerMs, `listen ${notifyChannel}`)).catch(lost);
      // Notifications in the meantime may be lost.
      this.notifier.notifyAllLocal();
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

const notifyChannel = 'hub_notify';
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

async function run(
  on: Pick<PoolClient, 'query'>,
  sql: string,
  params: readonly unknown[],
  answerMs: number,
): Promise<QueryResult<Row>> {
  const { name, textArrays } = preparedOf(sql);
  const values = params.map((param, index) => {
    if (!Array.isArray(param)) return param;
    return (textArrays.has(index) ? binaryTextArray(param) : undefined) ?? arrayLiteral(param) ?? (param as unknown);
  });
  const statement = { ...withTimeout(answerMs, sql), name, values };
  return await on.query<Row>(statement);
}
