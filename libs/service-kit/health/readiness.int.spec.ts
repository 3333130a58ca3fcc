import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Database } from '#libs/event-store/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { Readiness } from './readiness.js';

const poolSize = 2;

describe('readiness', () => {
  it('is told in time when the database does not answer, and again when it does', async () => {
    const fresh = await freshDatabase();
    const options = { url: fresh.url, schema: 'ready', migrations: [], poolSize, crossProcess: false };
    const database = await Database.open(options);
    const patient = new Readiness('notes', database);
    const impatient = new Readiness('notes', database, 20);
    expect(await patient.ready()).toEqual({ ok: true, findings: [] });
    expect(await patient.oldestWriterSeconds()).toBeGreaterThanOrEqual(0);

    const held = await Promise.all(Array.from({ length: poolSize }, () => holdConnection(database)));
    for (let asked = 0; asked < 3; asked += 1)
      expect(await impatient.ready()).toEqual({ ok: false, findings: ['notes: the database does not answer'] });
    expect(await impatient.oldestWriterSeconds()).toBeNaN();
    await Promise.all(held.map(({ release }) => release()));

    expect((await patient.ready()).ok).toBe(true);
    await database.close();
    expect(await patient.ready()).toEqual({ ok: false, findings: ['notes: the database cannot be reached'] });
    await fresh.drop();
  });
});

describe('the oldest writer', () => {
  it('is told of any role and of a prepared transaction, or that this role may not see it', async () => {
    const fresh = await freshDatabase();
    const role = `r_${randomUUID().slice(0, 8)}`;
    const admin = new pg.Client({ connectionString: fresh.url });
    await admin.connect();
    await admin.query(`create role ${role} login`);
    await admin.query(`create schema ready authorization ${role}`);
    await admin.query(`grant create on database "${new URL(fresh.url).pathname.slice(1)}" to ${role}`);
    const url = new URL(fresh.url);
    url.username = role;
    const database = await Database.open({ url: url.href, schema: 'ready', migrations: [], crossProcess: false });
    const readiness = new Readiness('notes', database);
    expect(await readiness.oldestWriterSeconds()).toBeNaN();
    expect(await readiness.ready()).toEqual({
      ok: true,
      findings: ['notes: cannot see the transactions of others: grant pg_read_all_stats to its role'],
    });

    await admin.query(`grant pg_read_all_stats to ${role}`);
    const writer = new pg.Client({ connectionString: fresh.url });
    await writer.connect();
    await writer.query('begin');
    await writer.query('select pg_current_xact_id()');
    await eventually(async () => (await readiness.oldestWriterSeconds()) > 0.2);
    await writer.query(`prepare transaction '${role}'`);
    await writer.end();
    await eventually(async () => (await readiness.oldestWriterSeconds()) > 0.2);
    await admin.query(`rollback prepared '${role}'`);
    await database.close();
    await admin.query(`drop owned by ${role} cascade`);
    await admin.query(`drop role ${role}`);
    await admin.end();
    await fresh.drop();
  });
});

/** Takes one of the pool's connections until it is released. */
async function holdConnection(database: Database): Promise<{ release: () => Promise<void> }> {
  return await new Promise((resolve) => {
    const held = database.transaction(
      async () =>
        await new Promise<void>((done) => {
          resolve({
            release: async () => {
              done();
              await held;
            },
          });
        }),
    );
  });
}
