import { LeaseLost } from './conflict.js';
import { Lease } from './lease.js';
import { eventually } from '../../test/support/eventually.js';
import { storeUnderTest, type StoreUnderTest } from '../../test/support/event-store.js';

const causation = { actor: 'service/test', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };

describe('a lease', () => {
  let t: StoreUnderTest;
  beforeAll(async () => {
    t = await storeUnderTest();
  });
  afterAll(() => t.close());

  async function writeUnder(lease: Lease, stream: string): Promise<void> {
    const work = t.store.work();
    work.append(stream, 0, [{ type: 'Noted', v: 1, data: {} }], causation);
    work.under(lease);
    await work.commit();
  }

  it('has one holder at a time', async () => {
    const first = new Lease(t.db, 'one', 'first');
    const second = new Lease(t.db, 'one', 'second');
    expect(await first.acquire()).toBe(true);
    expect(await second.acquire()).toBe(false);
    await first.release();
    expect(await second.acquire()).toBe(true);
    await second.release();
  });

  it('lets a holder that lost it write nothing, even when it does not know yet', async () => {
    const old = new Lease(t.db, 'fenced', 'old');
    const successor = new Lease(t.db, 'fenced', 'successor');
    await old.acquire();
    await writeUnder(old, 'lease-before');
    await successor.acquire({ force: true });
    expect(old.held).toBe(true);
    await expect(writeUnder(old, 'lease-after')).rejects.toBeInstanceOf(LeaseLost);
    expect((await t.store.load(['lease-before', 'lease-after'])).has('lease-after')).toBe(false);
    await writeUnder(successor, 'lease-successor');
    await Promise.all([old.release(), successor.release()]);
  });

  it('makes a takeover wait for a write under way, and lets a renewal pass', async () => {
    const holder = new Lease(t.db, 'busy', 'holder');
    const successor = new Lease(t.db, 'busy', 'successor');
    await holder.acquire();
    const order: string[] = [];
    let takeover: Promise<unknown> = Promise.resolve();
    await t.db.transaction(async (tx) => {
      const work = t.store.work();
      work.append('lease-busy', 0, [{ type: 'Noted', v: 1, data: {} }], causation);
      work.under(holder);
      await work.commit(tx);
      await t.db.query(`update lease set expires_at = clock_timestamp() + interval '10 seconds' where name = 'busy'`);
      order.push('renewed');
      takeover = successor.acquire({ force: true }).then(() => order.push('taken over'));
      await eventually(async () => {
        const waiting = await t.db.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%lease%'`,
        );
        return waiting.length === 1;
      });
      order.push('write commits');
    });
    await takeover;
    expect(order).toEqual(['renewed', 'write commits', 'taken over']);
    await Promise.all([holder.release(), successor.release()]);
  });

  it('lapses by its own clock without renewal', async () => {
    let now = 0;
    const lease = new Lease(t.db, 'lapse', 'holder', () => now);
    await lease.acquire();
    expect(lease.held).toBe(true);
    now = 10_001;
    expect(lease.held).toBe(false);
    await lease.release();
  });
});
