import type { MigrationInterface, QueryRunner } from 'typeorm';
import { testMasterKey } from '../../test/support/event-store.js';
import { eventually } from '../../test/support/eventually.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { wireTo, type Wire } from '../../test/support/wire.js';
import { isOutage } from './conflict.js';
import { Database, type DatabaseOptions } from './database.js';
import { currentEpoch } from './epoch.js';
import { eventStoreMigrations } from './event-store.migrations.js';
import { EventStore } from './event-store.js';
import { Follower } from './follower.js';
import { uuidv7 } from './ids.js';

const limits = { connectionMs: 1_000, statementMs: 700, answerMs: 1_000 };
/** Much longer than the limits, much shorter than for ever. */
const soonMs = 10_000;
const timeoutMs = 30_000;
const causation = { actor: 'service/test', correlationId: uuidv7(), causationId: null };

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let wire: Wire;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  wire = await wireTo(fresh.url);
  db = await open();
});
afterAll(async () => {
  wire.mend();
  await db.close();
  await wire.close();
  await fresh.drop();
});
afterEach(() => wire.mend());

const open = async (
  migrations: DatabaseOptions['migrations'] = eventStoreMigrations,
  url = wire.url,
): Promise<Database> => await Database.open({ url, schema: 'test', migrations, limits, poolSize: 2 });

/** What a statement fails with; undefined as long as it neither fails nor ends. */
async function failureOf(statement: Promise<unknown>): Promise<unknown> {
  return await statement.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a database that hangs', () => {
  it(
    'is an outage to every statement in time, however many wait for a connection, and serves again when it answers',
    async () => {
      await db.query('select 1');
      wire.hang();
      const started = performance.now();
      const failures = await Promise.all(Array.from({ length: 8 }, () => failureOf(db.query('select 1'))));
      expect(performance.now() - started).toBeLessThan(soonMs);
      expect(failures.map(isOutage)).toEqual(failures.map(() => true));
      wire.mend();
      expect(await eventually(() => db.query('select 1 as one'))).toEqual([{ one: 1 }]);
    },
    timeoutMs,
  );

  it(
    'is left by a transaction too',
    async () => {
      const failure = await failureOf(
        db.transaction(async (tx) => {
          wire.hang();
          await tx.query('select 1');
        }),
      );
      expect(isOutage(failure)).toBe(true);
    },
    timeoutMs,
  );

  it(
    'ends a statement of its own that takes too long: nothing of it is done, and nobody works on it any more',
    async () => {
      const direct = await open(eventStoreMigrations, fresh.url);
      const failure = await failureOf(direct.query('select pg_sleep(60)'));
      expect([isOutage(failure), String(failure)]).toEqual([true, expect.stringContaining('statement timeout')]);
      expect(
        await direct.query(`select 1 from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(60)'
                          and state = 'active'`),
      ).toEqual([]);
      await direct.close();
    },
    timeoutMs,
  );

  it(
    'may take all the time it needs to migrate',
    async () => {
      class Slow1790000000000 implements MigrationInterface {
        name = 'Slow1790000000000';
        async up(runner: QueryRunner): Promise<void> {
          await runner.query('select pg_sleep(1)');
        }
        down(): Promise<void> {
          throw new Error('migrations are forward only');
        }
      }
      const migrated = await open([...eventStoreMigrations, Slow1790000000000]);
      expect(await migrated.query(`select 1 as done from migration where name = 'Slow1790000000000'`)).toHaveLength(1);
      await migrated.close();
    },
    timeoutMs,
  );

  it(
    'is waited out by what works in the background',
    async () => {
      const store = new EventStore(db, testMasterKey, () => new Date().toISOString(), await currentEpoch(db));
      const seen: string[] = [];
      const errors: unknown[] = [];
      const follower = new Follower(store, {
        name: 'patient',
        handle: (facts) => {
          seen.push(...facts.map(({ stream }) => stream));
          return Promise.resolve();
        },
        onError: (error) => void errors.push(error),
      });
      follower.start();
      const note = async (stream: string): Promise<true> => {
        const work = store.work();
        work.append(stream, 0, [{ type: 'Noted', v: 1, data: {} }], causation);
        await work.commit();
        return true;
      };
      await note('note-1');
      await eventually(() => seen.includes('note-1'));
      wire.hang();
      expect(isOutage(await failureOf(db.query('select 1')))).toBe(true);
      wire.mend();
      await eventually(() => note('note-2'));
      await eventually(() => seen.includes('note-2'));
      expect(errors).toEqual([]);
      await follower.stop();
    },
    timeoutMs,
  );
});
