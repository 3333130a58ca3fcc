import { currentEpoch } from './epoch.js';
import { EventStore } from './event-store.js';
import { Follower } from './follower.js';
import { storeUnderTest, testMasterKey, type StoreUnderTest } from '../../test/support/event-store.js';
import { eventually } from '../../test/support/eventually.js';

const causation = { actor: 'service/test', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };

describe('a follower of the store', () => {
  let t: StoreUnderTest;
  beforeEach(async () => {
    t = await storeUnderTest();
    await t.db.query('create table seen (id uuid primary key, stream text)');
  });
  afterEach(() => t.close());

  async function append(store: EventStore, stream: string): Promise<void> {
    const work = store.work();
    work.append(stream, 0, [{ type: 'Noted', v: 1, data: {} }], causation);
    await work.commit();
  }
  function follower(store: EventStore, errors: unknown[] = [], failOnce = false): Follower {
    let fail = failOnce;
    return new Follower(store, {
      name: 'spec',
      pageSize: 3,
      handle: (facts, work) => {
        if (fail) {
          fail = false;
          return Promise.reject(new Error('once'));
        }
        work.run('insert into seen select * from unnest($1::uuid[], $2::text[])', [
          facts.map((f) => f.id),
          facts.map((f) => f.stream),
        ]);
        return Promise.resolve();
      },
      onError: (error) => errors.push(error),
    });
  }
  const seen = async (): Promise<string[]> =>
    (await t.db.query<{ stream: string }>('select stream from seen order by stream')).map((r) => r.stream);

  it('sees each fact once, across a failure, a stop and a new start', async () => {
    const errors: unknown[] = [];
    for (const n of [1, 2, 3, 4, 5]) await append(t.store, `f-${n}`);
    const first = follower(t.store, errors, true);
    first.start();
    await eventually(async () => (await seen()).length === 5);
    await first.stop();
    await append(t.store, 'f-6');
    const second = follower(t.store);
    second.start();
    await eventually(async () => (await seen()).length === 6);
    await append(t.store, 'f-7');
    await eventually(async () => (await seen()).length === 7);
    await second.stop();
    expect(errors).toHaveLength(1);
    expect(await seen()).toEqual(['f-1', 'f-2', 'f-3', 'f-4', 'f-5', 'f-6', 'f-7']);
  });

  it('loses nothing when the epoch rises on another cluster, whose transaction ids start again', async () => {
    await append(t.store, 'e-1');
    // A copy on another cluster: its identity differs, and the rows it brought have ids from the former counter.
    await t.db.query(`alter table events disable trigger append_only`);
    await t.db.query(`update events set tx = '4000000000'::xid8`);
    await t.db.query(`alter table events enable trigger append_only`);
    await t.db.query(`update store_identity set system_identifier = 'another'`);
    const risen = new EventStore(t.db, testMasterKey, () => new Date().toISOString(), await currentEpoch(t.db));
    expect(risen.epoch).toBe(2);
    await append(risen, 'e-2');
    const reader = follower(risen);
    reader.start();
    await eventually(async () => (await seen()).length === 2);
    await reader.stop();
    expect(await seen()).toEqual(['e-1', 'e-2']);
  });

  it('keeps its epoch where nothing changed', async () => {
    expect(await currentEpoch(t.db)).toBe(1);
    expect(await currentEpoch(t.db)).toBe(1);
  });
});
