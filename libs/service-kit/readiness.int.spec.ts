import { Database } from '#libs/event-store/database.js';
import { freshDatabase } from '../../test/support/postgres.js';
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
