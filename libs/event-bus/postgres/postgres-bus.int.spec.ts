import { topics } from '#libs/contracts/topics.js';
import { Database } from '#libs/event-store/database.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { storeUnderTest } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { toHeaders, toText } from '../cloud-event.js';
import { busPromises } from '../event-bus.contract.js';
import { busMigrations } from '../event-bus.migrations.js';
import { aMessage } from '../message.fixtures.js';
import type { PublicMessage } from '../message.js';
import { PostgresBus } from './postgres-bus.js';
import { PostgresConsumerState } from './postgres-consumer-state.js';
import { postgresSubject, subscribeEffects, type PostgresSubject } from './postgres-bus.fixtures.js';
import { resumesAfterLoss, saidOf } from '../resumption.contract.js';
import { pruneTopics } from './postgres-topics.js';
import { RecentMessages } from './recent-messages.js';

const causation = { actor: 'service/spec', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };

const message = (topic: string, key: string, sequence: number, id = uuidv7()): PublicMessage =>
  aMessage({ topic, key, sequence, id });

describe('the bus in PostgreSQL', () => {
  let subject: PostgresSubject;
  beforeAll(async () => {
    subject = await postgresSubject();
  });
  afterAll(() => subject.close());

  it.each(busPromises())('promises: $name', ({ run }) => run(subject), 30_000);

  it('gives a message back as it was published', async () => {
    const published = aMessage({ topic: topics.results, causationId: uuidv7() });
    const received: PublicMessage[] = [];
    const bus = await subject.member({ group: 'whole', topics: [topics.results], check: (m) => void received.push(m) });
    await subject.publish([published]);
    await eventually(() => received.length === 1);
    expect(received).toEqual([published]);
    await bus.stop();
  });

  it('publishes facts in the statement that appends them, and nothing when it fails', async () => {
    const { store } = await subject.t.another();
    const bus = new PostgresBus({ store, onError: (_, error) => subject.errors.push(error) });
    bus.fuseInto(store, (fact) => [message(topics.catalog, fact.stream, fact.version, fact.id)]);
    subscribeEffects(bus, { group: 'fused', topics: [topics.catalog] });
    await bus.start();
    const append = async (stream: string, version: number): Promise<void> => {
      const work = store.work();
      work.append(stream, version, [{ type: 'Noted', v: 1, data: {} }], causation);
      await work.commit();
    };
    await append('fused-a', 0);
    await append('fused-a', 1);
    await expect(append('fused-a', 1)).rejects.toThrow();
    await append('fused-b', 0);
    await eventually(async () => (await subject.effects('fused')).length === 3);
    expect((await subject.effects('fused')).map(({ key, sequence }) => `${key} ${sequence}`)).toEqual([
      'fused-a 1',
      'fused-a 2',
      'fused-b 1',
    ]);
    await bus.stop();
  });

  it.each([
    { of: 'all that it stored', limits: { messages: 1_000, characters: 1_000_000 }, placesAlone: [true] },
    { of: 'some of what it stored', limits: { messages: 3, characters: 1_000_000 }, placesAlone: [true, false] },
    { of: 'nothing of it', limits: { messages: 0, characters: 0 }, placesAlone: [false] },
  ])(
    'gives readers of the publishing process that still knows $of what others read, in order',
    async ({ limits, placesAlone }) => {
      const recent = new RecentMessages(limits);
      const onError = (_: string, error: unknown): void => void subject.errors.push(error);
      const said: string[] = [];
      const { store } = await subject.t.another();
      const query = store.db.query.bind(store.db);
      Object.assign(store.db, {
        query: (sql: string, params: unknown[]) => {
          if (sql.includes('lateral') && sql.includes('bus.message')) said.push(sql);
          return query(sql, params);
        },
      });
      const mine = `recent-${limits.messages}`;
      const receivers = [
        { group: `${mine}-here`, bus: new PostgresBus({ store, onError, recent }) },
        { group: `${mine}-there`, bus: new PostgresBus({ store: (await subject.t.another()).store, onError }) },
      ].map(({ group, bus }) => {
        const received: PublicMessage[] = [];
        bus.subscribe({
          group,
          topics: [topics.catalog, topics.results],
          maxBatch: 4,
          handle: (batch, work) => {
            const some = batch.filter(({ key }) => key.startsWith(mine));
            work.onCommitted(() => received.push(...some));
            return Promise.resolve();
          },
        });
        return { bus, received };
      });
      receivers[0]?.bus.fuseInto(store, ({ id, stream, version }) =>
        [topics.catalog, topics.results].map((topic) => message(topic, stream, version, id)),
      );
      for (const { bus } of receivers) await bus.start();
      for (const batch of [2, 5, 1]) {
        await subject.publish([message(topics.catalog, `${mine}-of-another-${batch}`, 1)]);
        const work = store.work();
        for (let n = 0; n < batch; n += 1)
          work.append(`${mine}-${batch}-${n}`, 0, [{ type: 'Noted', v: 1, data: {} }], causation);
        await work.commit();
      }
      await eventually(() => receivers.every(({ received }) => received.length === 19));
      const [here, there] = receivers.map(({ received }) => Map.groupBy(received, ({ topic }) => topic));
      expect(here?.get(topics.catalog)).toEqual(there?.get(topics.catalog));
      expect(here?.get(topics.results)).toEqual(there?.get(topics.results));
      // Where it may know them, the database is asked for places alone.
      expect(placesAlone).toContain(said.some((sql) => sql.includes('as places')));
      await Promise.all(receivers.map(({ bus }) => bus.stop()));
    },
  );

  it('lets a handler append facts that are published with its inbox and place, one hop of many', async () => {
    const { store } = await subject.t.another();
    const bus = new PostgresBus({ store, onError: (_, error) => subject.errors.push(error) });
    bus.fuseInto(store, (fact) =>
      fact.type === 'Hopped' ? [message(topics.identities, fact.stream, fact.version, fact.id)] : [],
    );
    bus.subscribe({
      group: 'hop',
      topics: [topics.lifecycle],
      handle: (batch, work) => {
        for (const m of batch)
          work.append(`hop-${m.key}`, m.sequence - 1, [{ type: 'Hopped', v: 1, data: {} }], causation);
        return Promise.resolve();
      },
    });
    subscribeEffects(bus, { group: 'hopped', topics: [topics.identities] });
    await bus.start();
    const keys = Array.from({ length: 300 }, () => uuidv7());
    await subject.publish(
      keys.flatMap((key) => [message(topics.lifecycle, key, 1), message(topics.lifecycle, key, 2)]),
    );
    await eventually(async () => (await subject.effects('hopped')).length === 600);
    await bus.stop();
  });

  it('deletes what is older than seven days where topics are not kept for ever, and stops a reader that missed it', async () => {
    const member = await subject.member({ group: 'late', topics: [topics.lifecycle] });
    await subject.publish([message(topics.lifecycle, 'old', 1)]);
    await eventually(async () => (await subject.effects('late')).some(({ key }) => key === 'old'));
    await member.stop();
    await subject.publish([message(topics.lifecycle, 'old', 2), message(topics.catalog, 'old', 1)]);
    await subject.t.db.query(`update bus.message set published_at = published_at - interval '8 days'`);
    await pruneTopics(subject.t.db);
    const left = await subject.t.db.query<{ topic: string }>('select distinct topic from bus.message order by topic');
    expect(left.map(({ topic }) => topic)).toEqual([topics.catalog]);
    const errors = subject.errors.length;
    const again = await subject.member({ group: 'late', topics: [topics.lifecycle] });
    await eventually(() => subject.errors.slice(errors).some((e) => e instanceof Error && e.name === 'PositionGone'));
    expect(await again.lags()).toMatchObject([{ reader: 'late', topic: topics.lifecycle, gone: true }]);
    await again.stop();
  });

  it('stops a reader that what it had not read yet was deleted under: it handles nothing behind the gap', async () => {
    const key = uuidv7();
    const held = Promise.withResolvers<void>();
    let reached = false;
    const reader = await subject.member({
      group: 'overtaken',
      topics: [topics.identities],
      maxBatch: 1,
      check: (m) => {
        if (m.key !== key || m.sequence > 1) return;
        reached = true;
        return held.promise;
      },
    });
    await subject.publish([1, 2].map((n) => message(topics.identities, key, n)));
    await eventually(() => reached);
    await subject.t.db.query(`update bus.message set published_at = published_at - interval '8 days' where key = $1`, [
      key,
    ]);
    await pruneTopics(subject.t.db);
    await subject.publish([message(topics.identities, key, 3)]);
    const errors = subject.errors.length;
    held.resolve();
    await eventually(() => subject.errors.slice(errors).some((e) => e instanceof Error && e.name === 'PositionGone'));
    expect((await subject.effects('overtaken')).filter((e) => e.key === key).map((e) => e.sequence)).toEqual([1]);
    await reader.stop();
  });

  it('stops a reader whose very first messages were deleted before it read them', async () => {
    const topic = topics.desiredAccess;
    const first = await subject.member({ group: 'newcomer', topics: [topic] });
    await eventually(
      async () => (await subject.t.db.query(`select from bus.place where consumer = 'newcomer'`)).length === 1,
    );
    await first.stop();
    await subject.publish([message(topic, uuidv7(), 1)]);
    await subject.t.db.query(`update bus.message set published_at = published_at - interval '8 days'`);
    await pruneTopics(subject.t.db);
    const again = await subject.member({ group: 'newcomer', topics: [topic] });
    expect(await again.positions()).toMatchObject([{ topic, state: 'gone' }]);
    await again.stop();
    // A group that begins now misses nothing that it could have read.
    const later = await subject.member({ group: 'later', topics: [topic] });
    expect(await later.positions()).toMatchObject([{ topic, state: 'reading' }]);
    await later.stop();
  });

  it('resumes a reader that missed messages: everything is handled once, in order', async () => {
    const hr = await postgresSubject({ schema: 'hr' });
    const { store, db } = await hr.t.another();
    const bus = new PostgresBus({ store, onError: (_, error) => hr.errors.push(error) });
    bus.fuseInto(store, saidOf);
    await resumesAfterLoss({
      subject: hr,
      source: { store, bus },
      deleteAll: async () => {
        await db.query(`update bus.message set published_at = published_at - interval '8 days'`);
        await pruneTopics(db);
      },
      forget: async (group) => void (await db.query('delete from inbox where consumer = $1', [group])),
    });
    await bus.stop();
    await hr.close();
  });

  it('keeps a message that cannot be read as parked, with its reason, and goes on', async () => {
    await subject.t.db.query(
      `insert into bus.message (topic, epoch, key, headers, body) select $1, epoch, 'k', h, '{}' from bus.identity, unnest($2::text[]) h`,
      [topics.auditControl, ['{}', JSON.stringify({ ...toHeaders(message(topics.auditControl, 'k', 1)), ce_id: 'x' })]],
    );
    const bus = await subject.member({ group: 'reader', topics: [topics.auditControl] });
    await subject.publish([message(topics.auditControl, 'other', 1)]);
    await eventually(async () => (await subject.effects('reader')).length === 1);
    expect(await bus.parking.list(10, null)).toMatchObject([
      { key: 'k', poison: true, failures: 1, reason: 'header ce_id is missing', waiting: 1 },
    ]);
    await bus.stop();
  });

  it('replays what only a later version can read, under the id it was parked by', async () => {
    const bus = await subject.member({ group: 'upgraded', topics: [topics.operators] });
    const later = message(topics.operators, 'unread', 1);
    await subject.t.db.query(
      `insert into bus.message (topic, epoch, key, headers, body) select $1, epoch, $2, $3, '{}' from bus.identity`,
      [topics.operators, later.key, JSON.stringify({ ...toHeaders(later), ce_id: 'x' })],
    );
    await subject.publish([message(topics.operators, 'unread', 2)]);
    const parked = await eventually(async () => {
      const [one] = await bus.parking.list(1, null);
      return one?.waiting === 1 ? one : undefined;
    });
    // As if reading had become less strict.
    await subject.t.db.query(`update parked_message set message = replace(message, '"ce_id":"x"', $1)`, [
      `"ce_id":"${later.id}"`,
    ]);
    expect(await bus.parking.replay('upgraded', parked.id)).toEqual({ outcome: 'replayed', stuck: null });
    expect((await subject.effects('upgraded')).map(({ sequence }) => sequence)).toEqual([1, 2]);
    await bus.stop();
  });

  it('shows what an earlier version parked, which kept less of it apart from the message', async () => {
    const t = await storeUnderTest({ migrations: busMigrations.slice(0, 2) });
    const parked = message(topics.lifecycle, 'before', 7);
    const [group, line] = ['early', parked.key];
    await t.db.query(`insert into parked_line values ($1, $2, $3, 1)`, [group, parked.topic, line]);
    await t.db.query(
      `insert into parked_message (consumer, topic, id, line, key, type, message, poison, reason, parked_at)
       values ($1, $2, $3, $4, $4, $5, $6, true, 'cannot use this', now())`,
      [group, parked.topic, parked.id, line, parked.type, toText(parked)],
    );
    const db = await Database.open({
      url: t.url,
      schema: 'test',
      migrations: [...eventStoreMigrations, ...busMigrations],
    });
    const { id, topic, key, type, source, sequence, epoch } = parked;
    expect(await new PostgresConsumerState(db).find([group], id)).toMatchObject([
      { id, topic, key, type, source, sequence, epoch, group, line, poison: true, failures: 1, waiting: 0 },
    ]);
    await db.close();
    await t.close();
  });

  it('says so, and comes back, when a message can neither be handled nor parked', async () => {
    const { store } = await subject.t.another();
    const state = new PostgresConsumerState(store.db);
    const park = state.park.bind(state);
    let broken = true;
    state.park = (work, consumer, changes) => {
      if (broken && changes.length > 0) throw new Error('no room to park');
      park(work, consumer, changes);
    };
    const errors: unknown[] = [];
    const bus = new PostgresBus({ store, state, onError: (_, error) => errors.push(error) });
    subscribeEffects(bus, {
      group: 'full',
      topics: [topics.auditControl],
      check: ({ key }) => {
        if (key === 'poison') throw new Error('cannot use this');
      },
    });
    await bus.start();
    await subject.publish([message(topics.auditControl, 'poison', 1), message(topics.auditControl, 'behind', 1)]);
    await eventually(() => errors.some((e) => e instanceof Error && e.message === 'no room to park'));
    broken = false;
    await eventually(async () => (await subject.effects('full')).some(({ key }) => key === 'behind'));
    expect((await bus.parking.list(10, null)).some(({ key }) => key === 'poison')).toBe(true);
    await bus.stop();
  });

  it('needs the same few statements for a batch of 200 as for one message', async () => {
    const count = async (n: number): Promise<number> => {
      const { store } = await subject.t.another();
      const bus = new PostgresBus({ store, onError: (_, error) => subject.errors.push(error) });
      const group = `count-${n}`;
      const key = uuidv7();
      let statements = 0;
      const query = store.db.query.bind(store.db);
      subscribeEffects(bus, { group, topics: [topics.decisions], maxBatch: 200 });
      await bus.start();
      await subject.publish([message(topics.decisions, `first-${group}`, 1)]);
      await eventually(
        async () =>
          (await subject.effects(group)).some(({ key }) => key === `first-${group}`) &&
          (await bus.lag(group, topics.decisions, 1)) === 0,
      );
      Object.assign(store.db, {
        query: (sql: string, params: unknown[]) => {
          if (!sql.includes('bus.message b')) statements += 1;
          return query(sql, params);
        },
      });
      await subject.publish(Array.from({ length: n }, (_, i) => message(topics.decisions, `${key}-${i}`, 1)));
      await eventually(async () => (await subject.effects(group)).filter((e) => e.key.startsWith(key)).length === n);
      await bus.stop();
      return statements;
    };
    expect(await count(200)).toBe(2);
    expect(await count(1)).toBe(2);
  });
});
