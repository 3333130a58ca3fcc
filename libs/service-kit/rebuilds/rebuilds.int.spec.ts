import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Fact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { EventStream, type ReadModel } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { storeUnderTest, type StoreUnderTest } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { serviceKitMigrations } from '../service/service-kit.migrations.js';
import { Timers } from '../timers/timers.js';
import { Rebuilds } from './rebuilds.js';

type ThingNamed = Fact<'ThingNamed', 1, { readonly name: string }>;

class ThingTables implements MigrationInterface {
  readonly name = 'ThingTables1765000000000';
  async up(db: QueryRunner): Promise<void> {
    await db.query('create table thing (id text primary key, name text not null, fold smallint not null)');
  }
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

const rows: ReadModel<string, ThingNamed> = {
  name: 'thing',
  tables: ['thing'],
  write: (changes, work, fold) =>
    work.run(
      `insert into thing select x.id, x.name, ${fold} from unnest($1::text[], $2::text[]) as x(id, name)
       on conflict (id) do update set name = excluded.name, fold = excluded.fold`,
      [changes.map(({ id }) => id), changes.map(({ after }) => after)],
    ),
};

/** The first version keeps names as they are, the second in capitals; it cannot read the name `broken`. */
class Things extends EventStream<string, ThingNamed> {
  constructor(store: EventStore, version: 1 | 2) {
    const evolve = (_: string, { data: { name } }: ThingNamed): string => {
      if (version === 2 && name === 'broken') throw new Error('a name that cannot be read');
      return version === 2 ? name.toUpperCase() : name;
    };
    super(store, { category: 'thing', fold: { version, initial: '', evolve }, readModels: [rows] });
  }
}

const causation = { actor: 'service/spec', correlationId: uuidv7(), causationId: null };

describe('read models that another version of the service wrote', () => {
  let t: StoreUnderTest;
  let clock: TestClock;
  let timers: Timers;
  const errors: unknown[] = [];
  beforeEach(async () => {
    t = await storeUnderTest({ migrations: [...serviceKitMigrations, ThingTables] });
    clock = new TestClock();
    errors.splice(0);
  });
  afterEach(async () => {
    await timers.stop();
    await t.close();
  });

  /** As a process of that version starts. */
  async function start(version: 1 | 2): Promise<{ things: Things; rebuilds: Rebuilds }> {
    const { db, store } = await t.another();
    const things = new Things(store, version);
    timers = new Timers(db, store, clock, (_, error) => errors.push(error));
    const rebuilds = new Rebuilds(store, timers, clock);
    rebuilds.onModuleInit();
    await rebuilds.onApplicationBootstrap();
    await timers.start();
    return { things, rebuilds };
  }
  async function written(...names: string[]): Promise<void> {
    const { things, rebuilds } = await start(1);
    for (const [index, name] of names.entries())
      await things.transact(String(index), () => [{ type: 'ThingNamed', v: 1, data: { name } }], causation);
    expect(await rebuilds.findings()).toEqual([]);
    await timers.stop();
  }
  const named = (): Promise<{ name: string; fold: number }[]> => t.db.query('select name, fold from thing order by id');
  const rebuildCount = async (): Promise<number> => (await t.db.query('select from rebuild')).length;

  it('are rebuilt when the service starts, which says so until it is done', async () => {
    await written('ada', 'bob');
    const { rebuilds } = await start(2);
    await eventually(async () => (await rebuilds.findings()).length === 0);
    expect(await named()).toEqual([
      { name: 'ADA', fold: 2 },
      { name: 'BOB', fold: 2 },
    ]);
    await timers.stop();
    await start(2);
    expect(await rebuildCount()).toBe(1);
  });

  it('are named by the findings while they are not rebuilt', async () => {
    await written('ada');
    const { store } = await t.another();
    new Things(store, 2);
    timers = new Timers(t.db, store, clock, () => undefined);
    const rebuilds = new Rebuilds(store, timers, clock);
    expect(await rebuilds.findings()).toMatchObject([
      expect.stringMatching(/rows of thing: lists and filters .* run hub rebuild/),
    ]);
    await rebuilds.startStale();
    await rebuilds.startStale();
    expect(await rebuildCount()).toBe(1);
    expect(await rebuilds.findings()).toMatchObject([
      expect.stringContaining('until they are rebuilt (0 of 1 streams)'),
    ]);
  });

  it('are rebuilt but for streams that cannot be folded, which are told by name', async () => {
    await written('ada', 'broken', 'eve');
    const { rebuilds } = await start(2);
    await eventually(() => errors.length > 0);
    // As after the last of the tries in a row.
    await eventually(async () => (await t.db.query('select from timer where failures > 0')).length > 0);
    await t.db.query('update timer set failures = 5, claimed_until = null');
    clock.advance(1);
    await eventually(async () => (await rebuilds.findings()).join().includes('failed'));
    expect((await named()).map(({ name }) => name)).toEqual(['ADA', 'broken', 'EVE']);
    expect((await rebuilds.findings()).join()).toContain('1 streams could not be folded (thing-1)');
  });

  describe('while a process of the other version goes on writing', () => {
    let rebuilds: Rebuilds;
    beforeEach(async () => {
      await written('ada');
      await t.db.query(`insert into thing values ('theirs', 'x', 1)`);
      ({ rebuilds } = await start(2));
      await eventually(async () => {
        const [row] = await t.db.query<{ due: Date }>(`select due_at as due from timer where kind = 'rebuild'`);
        return row !== undefined && row.due.getTime() > Date.parse(clock.now());
      });
    });

    it('are rebuilt once more a minute later', async () => {
      await t.db.query(`delete from thing where id = 'theirs'`);
      await t.db.query(`update thing set name = 'ada', fold = 1`);
      clock.advance(60_000);
      await eventually(async () => (await rebuilds.findings()).length === 0);
      expect(await named()).toEqual([{ name: 'ADA', fold: 2 }]);
    });

    it('are told of when its rows are still there after that', async () => {
      clock.advance(60_000);
      await eventually(async () => (await rebuilds.findings()).join().includes('failed'));
      expect((await rebuilds.findings()).join()).toContain('rows of another version are left in thing');
    });
  });
});
