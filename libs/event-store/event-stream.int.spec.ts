import type { MigrationInterface, QueryRunner } from 'typeorm';
import { storeUnderTest, type StoreUnderTest } from '../../test/support/event-store.js';
import { eventually } from '../../test/support/eventually.js';
import { hasShape, type Fact, type Fold } from './core.js';
import { beginning } from './event-store.js';
import { EventStream, type ReadModel } from './event-stream.js';
import type { EventStore } from './event-store.js';
import { uuidv7 } from './ids.js';
import { countStreams, forgetSubject, nextStreams, rebuildStreams } from './rebuild.js';

type ThingNamed = Fact<
  'ThingNamed',
  2,
  { readonly by: string; readonly times: number },
  { name: { readonly name: string } }
>;

interface Thing {
  readonly by: string | null;
  readonly times: number;
  readonly name: string | null;
}

class ThingTables1 implements MigrationInterface {
  readonly name = 'ThingTables1765000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      'create table thing (id text primary key, version int not null, fold smallint not null, state jsonb not null)',
    );
  }

  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

const rows: ReadModel<Thing, ThingNamed> = {
  name: 'thing',
  tables: ['thing'],
  write: (changes, work, fold) =>
    work.run(
      `insert into thing (id, version, fold, state)
       select x.id, x.version, ${fold}, x.after from jsonb_to_recordset($1::jsonb) as x(id text, version int, after jsonb)
       on conflict (id) do update set version = excluded.version, fold = excluded.fold, state = excluded.state`,
      [JSON.stringify(changes.map(({ id, version, after }) => ({ id, version, after })))],
    ),
};

class Things extends EventStream<Thing, ThingNamed> {
  constructor(store: EventStore, version: number) {
    const fold: Fold<Thing, ThingNamed> = {
      version,
      initial: { by: null, times: 0, name: null },
      evolve: (state, { data, personal }) => ({
        by: data.by,
        times: state.times + data.times,
        name: personal.name.fields?.name ?? null,
      }),
    };
    super(store, {
      category: 'thing',
      fold,
      readModels: [rows],
      isState: hasShape<Thing>({ by: 'any', times: 'any', name: 'any' }),
      upcasts: {
        // The first version did not say how often.
        ThingNamed: (stored) => (stored.v === 2 ? stored : { ...stored, v: 2, data: { times: 1, ...stored.data } }),
      },
    });
  }
}

const causation = { actor: 'service/spec', correlationId: uuidv7(), causationId: null };
const ada = uuidv7();
const named = (name: string, times = 1): ThingNamed => ({
  type: 'ThingNamed',
  v: 2,
  data: { by: 'spec', times },
  personal: { name: { subject: ada, fields: { name } } },
});

describe('a stream and its rows', () => {
  let t: StoreUnderTest;
  let things: Things;
  beforeEach(async () => {
    t = await storeUnderTest({ migrations: [ThingTables1] });
    things = new Things(t.store, 1);
  });
  afterEach(() => t.close());

  const state = (id: string, name: string | null): Promise<unknown> =>
    things.transact(id, () => [named(name ?? '')], causation);
  const stored = (): Promise<{ id: string; version: number; fold: number; state: unknown }[]> =>
    t.db.query('select id, version, fold, state from thing order by id');

  it('meets only the newest shape of a fact, folded or followed', async () => {
    const old = { ...named('first'), v: 1, data: { by: 'spec' } };
    const work = t.store.work();
    work.append('thing-1', 0, [old], causation);
    await work.commit();
    await state('1', 'second');
    expect((await things.load('1')).state).toEqual({ by: 'spec', times: 2, name: 'second' });
    // A writer in another database of the server can hold the reading back.
    const facts = await eventually(async () => {
      const page = await t.store.read(beginning, 10);
      return page.facts.length === 2 ? page.facts : undefined;
    });
    expect(facts.map(({ v, data }) => [v, data])).toEqual([
      [2, { by: 'spec', times: 1 }],
      [2, { by: 'spec', times: 1 }],
    ]);
  });

  it('believes a row of its own fold, and no other, nor one without the shape of a state', async () => {
    for (const id of ['1', '2', '3']) await state(id, `name ${id}`);
    await t.db.query(`update thing set state = jsonb_set(state, '{name}', '"kept"') where id = '1'`);
    await t.db.query(`update thing set state = jsonb_set(state, '{name}', '"wrong"'), fold = 7 where id = '2'`);
    await t.db.query(`update thing set state = '{"name": "half"}' where id = '3'`);
    const loaded = await things.loadRows(await stored());
    expect(loaded.map(({ state: { name }, version }) => [name, version])).toEqual([
      ['kept', 1],
      ['name 2', 1],
      ['name 3', 1],
    ]);
  });

  it('rebuilds wrong, old and missing rows page by page, and those of other categories not', async () => {
    for (let n = 100; n < 350; n += 1) {
      const work = t.store.work();
      things.stage(
        work,
        { id: String(n), state: { by: null, times: 0, name: null }, version: 0 },
        [named(`n${n}`)],
        causation,
      );
      await work.commit();
    }
    const live = await stored();
    await t.db.query(`delete from thing where id < '200'`);
    await t.db.query(`update thing set fold = 0, version = 0, state = '{}' where id > '300'`);
    expect(await countStreams(t.store, things)).toBe(250);
    const pages: number[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: string[] = await nextStreams(t.store, things, after);
      await rebuildStreams(things, page);
      pages.push(page.length);
      after = page.at(-1);
    }
    expect(pages).toEqual([200, 50, 0]);
    expect(await stored()).toEqual(live);
  });

  it('never writes an older row over one that was written while it was rebuilt', async () => {
    await state('1', 'before');
    const restored = t.db.transaction(async (tx) => {
      const work = t.store.work();
      await things.restore(work, ['1'], tx);
      // Somebody else is faster, once.
      if ((await stored())[0]?.version === 1) await state('1', 'after');
      await work.commit(tx);
    });
    await restored;
    expect(await stored()).toMatchObject([{ version: 2, state: { name: 'after' } }]);
  });

  it('forgets a person in their rows, too, in the same work', async () => {
    await state('1', 'Ada');
    await state('2', 'Ada again');
    await forgetSubject(t.store, ada);
    expect((await stored()).map((row) => row.state)).toEqual([
      { by: 'spec', times: 1, name: null },
      { by: 'spec', times: 1, name: null },
    ]);
    expect((await things.load('1')).state.name).toBeNull();
  });

  it('keeps the key when the rows cannot be written', async () => {
    await state('1', 'Ada');
    await t.db.query("alter table thing add constraint named check (state ->> 'name' is not null)");
    await expect(forgetSubject(t.store, ada)).rejects.toThrow('named');
    expect((await things.load('1')).state.name).toBe('Ada');
  });
});
