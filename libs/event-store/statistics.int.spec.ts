import { eventually } from '../../test/support/eventually.js';
import { storeUnderTest, type StoreUnderTest } from '../../test/support/event-store.js';
import { Statistics } from './statistics.js';

const causation = { actor: 'service/test', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };

describe('statistics of tables', () => {
  let t: StoreUnderTest;
  beforeAll(async () => {
    t = await storeUnderTest();
    await t.db.query(`alter table events set (autovacuum_enabled = off)`);
  });
  afterAll(() => t.close());

  /** Appends, and has the server count it at once: a connection that goes idle tells its counts up to ten seconds later. */
  async function grow(from: number, to: number): Promise<void> {
    await t.db.transaction(async (tx) => {
      const work = t.store.work();
      for (let n = from; n < to; n += 1) work.append(`note-${n}`, 0, [{ type: 'Noted', v: 1, data: {} }], causation);
      await work.commit(tx);
      await tx.query('select pg_stat_force_next_flush()');
    });
  }
  const planned = async (): Promise<number> => {
    const [row] = await t.db.query<{ rows: number }>(
      `select reltuples::int as rows from pg_class where oid = 'events'::regclass`,
    );
    return row?.rows ?? 0;
  };

  it('follow a table that grows much, and leave alone one that does not', async () => {
    const statistics = new Statistics(t.db, ['test'], () => undefined);
    await grow(0, 2_000);
    await eventually(async () => (await statistics.keep()).includes('test.events'));
    expect(await planned()).toBe(2_000);
    await grow(2_000, 2_010);
    expect(await statistics.keep()).not.toContain('test.events');
    expect(await planned()).toBe(2_000);
  });

  it('are kept in the background until it is stopped', async () => {
    const errors: unknown[] = [];
    const statistics = new Statistics(t.db, ['test'], (error) => errors.push(error));
    await grow(10_000, 16_000);
    statistics.start();
    await eventually(async () => (await planned()) > 7_000);
    await statistics.stop();
    expect(errors).toEqual([]);
  });
});
