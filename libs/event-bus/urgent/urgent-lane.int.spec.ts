import { jest } from '@jest/globals';
import pg from 'pg';
import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { storeUnderTest, type StoreUnderTest } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import type { Effect } from '../scope.contract.js';
import { aMessage } from '../message.fixtures.js';
import type { PublicMessage } from '../message.js';
import { PostgresBus } from '../postgres/postgres-bus.js';
import { busTestMigrations, stageEffects, storedEffects } from '../postgres/postgres-bus.fixtures.js';
import { some } from '../../../test/support/some.js';

jest.setTimeout(90_000);

const causation = { actor: 'service/spec', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };

/** Facts of type `Ended` take access away. */
const published = ({
  stream,
  version,
  id,
  type,
}: {
  stream: string;
  version: number;
  id: string;
  type: string;
}): PublicMessage[] => [
  aMessage({
    topic: topics.lifecycle,
    key: stream.split('.')[0] ?? '',
    source: `/spec/${stream}`,
    sequence: version,
    id,
    ...(type === 'Ended' ? { urgent: true } : {}),
  }),
];

describe('what takes access away, while a transaction that has written is open', () => {
  let t: StoreUnderTest;
  const buses: PostgresBus[] = [];
  let writer: pg.Client;
  const errors: unknown[] = [];

  beforeEach(async () => {
    t = await storeUnderTest({ migrations: busTestMigrations });
    writer = new pg.Client({ connectionString: t.url });
    await writer.connect();
  });
  afterEach(async () => {
    await writer.end();
    await Promise.all(buses.splice(0).map((bus) => bus.stop()));
    await t.close();
    expect(errors.splice(0)).toEqual([]);
  });

  async function member(check: (message: PublicMessage) => Promise<void> | void = () => undefined): Promise<void> {
    const { store } = await t.another();
    const bus = new PostgresBus({ store, onError: (_, error) => errors.push(error) });
    bus.subscribe({
      group: 'spec',
      topics: [topics.lifecycle],
      urgent: true,
      handle: async (batch, work) => {
        for (const message of batch) await check(message);
        stageEffects(work, 'spec', batch);
      },
    });
    buses.push(bus);
    await bus.start();
  }
  const fuse = (): void => {
    const bus = new PostgresBus({ store: t.store, onError: (_, error) => errors.push(error) });
    bus.fuseInto(t.store, published);
    buses.push(bus);
  };
  async function append(stream: string, version: number, ...types: string[]): Promise<void> {
    const work = t.store.work();
    work.append(
      stream,
      version,
      types.map((type) => ({ type, v: 1, data: {} })),
      causation,
    );
    await work.commit();
  }
  async function hold(): Promise<() => Promise<void>> {
    await writer.query('begin');
    await writer.query('select pg_current_xact_id()');
    return async () => void (await writer.query('commit'));
  }
  const effects = async (): Promise<string[]> =>
    (await storedEffects(t.store, 'spec')).map(
      ({ source, sequence }: Effect) => `${source.slice('/spec/'.length)} ${sequence}`,
    );
  const rows = async (): Promise<number> => (await t.db.query('select from bus.urgent')).length;

  it('arrives at once; what is older than it changes nothing when it arrives later, what is newer does', async () => {
    fuse();
    await member();
    await member();
    const ada = uuidv7();
    await append(ada, 0, 'Began');
    await eventually(async () => (await effects()).length === 1);
    const end = await hold();
    await append(ada, 1, 'Changed');
    await append(ada, 2, 'Ended');
    await append(ada, 3, 'Began');
    await append('grace', 0, 'Began');
    await eventually(async () => (await effects()).length === 2);
    expect(await effects()).toEqual([`${ada} 1`, `${ada} 3`]);
    await end();
    await eventually(async () => (await effects()).length === 4);
    expect((await effects()).sort()).toEqual([`${ada} 1`, `${ada} 3`, `${ada} 4`, 'grace 1'].sort());
    await eventually(async () => (await rows()) === 0);
  });

  it('keeps its order for each key, also over several streams, with many members', async () => {
    fuse();
    for (let n = 0; n < 3; n += 1) await member();
    const end = await hold();
    const keys = Array.from({ length: 20 }, () => uuidv7());
    for (const key of keys) {
      await append(`${key}.a`, 0, 'Ended');
      await append(`${key}.b`, 0, 'Ended');
      await append(`${key}.a`, 1, 'Ended', 'Ended');
    }
    await eventually(async () => (await effects()).length === 80);
    for (const key of some(keys))
      expect((await effects()).filter((one) => one.startsWith(key))).toEqual([
        `${key}.a 1`,
        `${key}.b 1`,
        `${key}.a 2`,
        `${key}.a 3`,
      ]);
    await end();
    await append('last', 0, 'Began');
    await eventually(async () => (await effects()).includes('last 1'));
    expect(await effects()).toHaveLength(81);
  });

  it('is parked like any other when it fails, and leaves nothing behind that is handled again', async () => {
    fuse();
    let broken = true;
    await member(({ urgent }) => {
      if (urgent === true && broken) throw new Error('not today');
    });
    const end = await hold();
    await append('ada', 0, 'Ended');
    const [bus] = buses.slice(-1);
    const [parked] = await eventually(async () => {
      const all = await bus?.parking.list(10, null);
      return all?.length === 1 ? all : undefined;
    });
    expect(parked).toMatchObject({ reason: 'not today', sequence: 1 });
    expect(errors.splice(0)).toHaveLength(1);
    await eventually(async () => (await rows()) === 0);
    await end();
    await append('grace', 0, 'Began');
    await eventually(async () => (await effects()).includes('grace 1'));
    broken = false;
    expect(await bus?.parking.replay('spec', parked?.id ?? '')).toMatchObject({ outcome: 'replayed' });
    expect((await effects()).sort()).toEqual(['ada 1', 'grace 1']);
  });

  it('is taken by the ordinary way where nothing holds that up', async () => {
    fuse();
    await member();
    await append('ada', 0, 'Began');
    await append('ada', 1, 'Ended');
    // A transaction that another spec holds open on the same server holds it up, too.
    await eventually(async () => (await effects()).length === 2 && (await rows()) === 0, { timeoutMs: 60_000 });
    expect(await effects()).toEqual(['ada 1', 'ada 2']);
  });
});
