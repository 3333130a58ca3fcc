import { storeUnderTest, type StoreUnderTest } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { serviceKitMigrations } from '../service/service-kit.migrations.js';
import { Timers, type TimerHandler } from './timers.js';
import type { DueTimer } from './timers.store.js';

class Effects1764000099000 {
  readonly name = 'Effects1764000099000';
  async up(db: { query(sql: string): Promise<unknown> }): Promise<void> {
    await db.query('create table effect (key text not null, at timestamptz not null)');
  }
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

const at = (time: string): string => `2026-03-02T${time}.000Z`;
let under: StoreUnderTest;
let clock: TestClock;
const started: Timers[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  under = await storeUnderTest({ migrations: [...serviceKitMigrations, Effects1764000099000] });
});
beforeEach(() => {
  clock = new TestClock(at('09:00:00'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((timers) => timers.stop()));
  await under.db.query('delete from timer');
  await under.db.query('delete from effect');
  errors.splice(0);
});
afterAll(async () => await under.close());

const recordEffects: TimerHandler = async (due, work) => {
  work.run(
    'insert into effect (key, at) select x.key, x."dueAt" from jsonb_to_recordset($1::jsonb) as x(key text, "dueAt" timestamptz)',
    [JSON.stringify(due)],
  );
  await Promise.resolve();
};

async function start(handler = recordEffects, on: Pick<StoreUnderTest, 'db' | 'store'> = under): Promise<Timers> {
  const timers = new Timers(on.db, on.store, clock, (_, error) => errors.push(error));
  timers.handle('spec', handler);
  await timers.start();
  started.push(timers);
  return timers;
}

async function set(timers: Timers, key: string, dueAt: string): Promise<void> {
  const work = under.store.work();
  timers.at(work, { kind: 'spec', key, dueAt, payload: { key } });
  await work.commit();
}

const effects = async (): Promise<string[]> =>
  (await under.db.query<{ key: string }>('select key from effect order by at, key')).map(({ key }) => key);

const effectsAre = async (expected: readonly string[]): Promise<unknown> =>
  await eventually(async () => (await effects()).join() === expected.join());

describe('timers', () => {
  it('fire when their time has come, not before, the longest due first', async () => {
    const timers = await start();
    await set(timers, 'b', at('11:00:00'));
    await set(timers, 'a', at('10:00:00'));
    clock.set(at('09:59:59'));
    await set(timers, 'past', at('08:00:00'));
    await effectsAre(['past']);
    clock.set(at('11:00:00'));
    await effectsAre(['past', 'a', 'b']);
  });

  it('move when set again, and never fire when cancelled', async () => {
    const timers = await start();
    await set(timers, 'moved', at('10:00:00'));
    await set(timers, 'moved', at('12:00:00'));
    await set(timers, 'cancelled', at('10:00:00'));
    const work = under.store.work();
    timers.cancel(work, 'spec', 'cancelled');
    timers.cancel(work, 'spec', 'never-set');
    await work.commit();
    await set(timers, 'kept', at('10:00:00'));
    clock.set(at('10:30:00'));
    await effectsAre(['kept']);
    clock.set(at('12:00:00'));
    await effectsAre(['kept', 'moved']);
  });

  it('fire once, however many processes watch', async () => {
    const another = await under.another();
    const [timers] = [await start(), await start(recordEffects, another)];
    const work = under.store.work();
    const keys = Array.from({ length: 500 }, (_, n) => `k${String(n).padStart(3, '0')}`);
    for (const key of keys) timers.at(work, { kind: 'spec', key, dueAt: at('10:00:00'), payload: {} });
    await work.commit();
    clock.set(at('10:00:00'));
    await eventually(async () => (await effects()).length === 500);
    expect(await effects()).toEqual(keys);
    expect(await under.db.query('select 1 from timer')).toEqual([]);
  });

  it('twice: a timer that was taken by another meanwhile has no effect', async () => {
    let takenAway = false;
    await start(async (due, work) => {
      if (!takenAway) {
        takenAway = true;
        await under.db.query(`update timer set claims = claims + 1, claimed_until = null`);
      }
      await recordEffects(due, work);
    });
    await under.db.query(`insert into timer (kind, key, due_at, payload) values ('spec', 'x', $1, '{}')`, [
      at('08:00:00'),
    ]);
    clock.set(at('09:00:01'));
    await effectsAre(['x']);
    expect(errors).toEqual([]);
  });

  it('survive a restart: what is due is done by the next process, at once when the former one is known to be dead', async () => {
    await under.db.query(
      `insert into timer (kind, key, due_at, payload, claimed_until, claims) values ('spec', 'orphan', $1, '{}', now() + interval '1 hour', 3)`,
      [at('08:00:00')],
    );
    const timers = new Timers(under.db, under.store, clock, (_, error) => errors.push(error));
    timers.handle('spec', recordEffects);
    await timers.start({ takeOver: true });
    started.push(timers);
    await effectsAre(['orphan']);
  });

  it('do not let one that fails hold back the others, and try it again', async () => {
    let failures = 0;
    const seen: DueTimer[] = [];
    const timers = await start(async (due, work) => {
      seen.push(...due);
      if (due.some(({ key }) => key === 'bad') && failures < 2) {
        failures += 1;
        throw new Error('not this time');
      }
      await recordEffects(due, work);
    });
    const work = under.store.work();
    for (const key of ['a', 'bad', 'c']) timers.at(work, { kind: 'spec', key, dueAt: at('08:00:00'), payload: {} });
    await work.commit();
    await effectsAre(['a', 'c']);
    await effectsAre(['a', 'bad', 'c']);
    expect(errors).toHaveLength(1);
  });

  it('may set themselves again while firing', async () => {
    const timers: Timers = await start(async (due, work) => {
      await recordEffects(due, work);
      for (const { key, dueAt } of due) {
        const next = new Date(Date.parse(dueAt) + 3_600_000).toISOString();
        if (next <= at('11:00:00')) timers.at(work, { kind: 'spec', key, dueAt: next, payload: {} });
      }
    });
    await set(timers, 'hourly', at('09:00:00'));
    await eventually(async () => (await effects()).length === 1);
    clock.set(at('23:00:00'));
    await eventually(async () => (await effects()).length === 3);
    expect(await under.db.query('select 1 from timer')).toEqual([]);
  });
});
