import pg from 'pg';
import { isOutage } from './conflict.js';
import { Database } from './database.js';
import { currentEpoch } from './epoch.js';
import { eventStoreMigrations } from './event-store.migrations.js';
import { eventually } from '../../test/support/eventually.js';
import { startPostgres, type PostgresServer } from '../../test/support/postgres-server.js';

describe('a failover of the database', () => {
  let server: PostgresServer;
  const opened: Database[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  }, 30_000);
  afterAll(async () => {
    await Promise.all(opened.map((db) => db.close()));
    await server.stop();
  });

  async function open(): Promise<Database> {
    const db = await Database.open({ url: server.url, schema: 'test', migrations: eventStoreMigrations });
    opened.push(db);
    return db;
  }

  it('is waited out while there is only a standby, then refused by a process of the former timeline; the next one rises', async () => {
    const before = await open();
    expect(await currentEpoch(before)).toBe(1);
    let replaced = false;
    void before.replaced.then(() => (replaced = true));

    await server.restartAsStandby();
    const refused = await eventually(() =>
      before.query('select 1').then(
        () => undefined,
        (error: unknown) => (/standby/.test(String(error)) ? error : undefined),
      ),
    );
    expect(isOutage(refused)).toBe(true);
    expect(replaced).toBe(false);

    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    await admin.query('select pg_promote()');
    await admin.end();
    const errors: unknown[] = [];
    await eventually(async () => {
      await before.query('select 1').catch((error: unknown) => errors.push(error));
      return replaced;
    });
    expect(errors.filter((error) => !isOutage(error))).toEqual([]);
    await expect(before.query('select 1')).rejects.toThrow('start again');

    expect(await currentEpoch(await open())).toBe(2);
  }, 60_000);
});
