import { traceparentOf } from '#libs/system/traceparent.js';
import { keptForEver, topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { ConfigResourceTypes } from 'kafkajs';
import { inspect } from 'node:util';
import { eventually } from '../../../test/support/eventually.js';
import { describeOn, ownKafkaForTests, type OwnBroker } from '../../../test/support/kafka.js';
import { toHeaders } from '../cloud-event.js';
import { busPromises } from '../event-bus.contract.js';
import type { EventBus } from '../event-bus.port.js';
import { kafkaSubject, type KafkaSubject } from './kafka-bus.fixtures.js';
import { aMessage } from '../message.fixtures.js';
import type { PublicMessage } from '../message.js';
import { resumesAfterLoss, saidOf } from '../resumption.contract.js';
import { PositionGone } from '../consumer/position-gone.js';

const kafka = await ownKafkaForTests();
const causation = { actor: 'service/spec', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };
const timeoutMs = 90_000;

const message = (topic: string, key: string, sequence: number, id = uuidv7()): PublicMessage =>
  aMessage({ topic, key, sequence, id });

describeOn(kafka, 'the bus on Kafka', (source) => {
  let broker: OwnBroker;
  let subject: KafkaSubject;
  beforeAll(async () => {
    broker = await source.start();
    subject = await kafkaSubject(broker);
  }, 120_000);
  afterAll(async () => {
    await subject?.close();
    await broker?.stop();
  }, 60_000);

  it.each(busPromises())(
    'promises: $name',
    async ({ run }) => {
      await run(subject);
    },
    timeoutMs,
  );

  it(
    'writes CloudEvents in binary mode and reads them back as they were',
    async () => {
      const published = aMessage({ topic: topics.results, key: uuidv7(), causationId: uuidv7(), sequence: 7 });
      const received: PublicMessage[] = [];
      const bus = await subject.member({
        group: 'whole',
        topics: [topics.results],
        check: (m) => void received.push(m),
      });
      const raw: { headers: Record<string, string>; value: string }[] = [];
      const reader = subject.kafka.consumer({ groupId: `${subject.prefix}raw` });
      await reader.subscribe({ topic: subject.prefix + topics.results, fromBeginning: true });
      await reader.run({
        eachMessage: ({ message: { headers = {}, value } }) => {
          raw.push({
            headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)])),
            value: String(value),
          });
          return Promise.resolve();
        },
      });
      await subject.publish([published]);
      await eventually(() => received.length === 1 && raw.length === 1, { timeoutMs: 30_000 });
      await Promise.all([bus.stop(), reader.disconnect()]);
      expect(received).toEqual([published]);
      expect(raw[0]?.value).toBe(JSON.stringify(published.body));
      expect(raw[0]?.headers).toEqual({
        ce_specversion: '1.0',
        ce_id: published.id,
        ce_source: published.source,
        ce_type: published.type,
        ce_subject: published.subject,
        ce_time: published.time,
        ce_actor: published.actor,
        ce_correlationid: published.correlationId,
        ce_causationid: published.causationId,
        ce_sequence: '7',
        ce_epoch: '1',
        ce_application: 'chat',
        ce_traceparent: traceparentOf(published.correlationId, published.id),
        'content-type': 'application/json',
      });
    },
    timeoutMs,
  );

  it('makes every topic at the start, kept seven days or for ever, never compacted', async () => {
    const admin = subject.kafka.admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: Object.values(topics).map((topic) => ({
        type: ConfigResourceTypes.TOPIC,
        name: subject.prefix + topic,
        configNames: ['cleanup.policy', 'retention.ms'],
      })),
    });
    await admin.disconnect();
    const told = Object.fromEntries(
      resources.map((r) => [r.resourceName.slice(subject.prefix.length), r.configEntries.map((c) => c.configValue)]),
    );
    const week = String(7 * 24 * 60 * 60 * 1_000);
    expect(told).toEqual(
      Object.fromEntries(Object.values(topics).map((t) => [t, ['delete', keptForEver.includes(t) ? '-1' : week]])),
    );
  });

  it(
    'reads its topics again from their beginning when the epoch of the service rose: offsets outlive a restored database',
    async () => {
      const options = { group: 'restored', topics: [topics.catalog] };
      const before = await subject.member(options);
      await subject.publish([1, 2, 3].map((n) => message(topics.catalog, `restored-${n}`, n)));
      const seen = async (): Promise<string[]> =>
        (await subject.effects('restored')).map(({ key }) => key).filter((key) => key.startsWith('restored-'));
      await eventually(async () => (await seen()).length === 3, { timeoutMs: 30_000 });
      await before.stop();
      // As a restore to a moment in time leaves it: the third message was not taken yet, says this service.
      await subject.t.db.query(`delete from effect where key = 'restored-3'`);
      await subject.t.db.query(`delete from inbox where consumer = 'restored' and source = '/spec/restored-3'`);
      await subject.t.db.query(`update store_identity set timeline = timeline - 1`);
      const after = await subject.member(options);
      await eventually(async () => (await seen()).length === 3, { timeoutMs: 30_000 });
      expect((await seen()).sort()).toEqual(['restored-1', 'restored-2', 'restored-3']);
      await eventually(async () => (await after.lag('restored', topics.catalog, 10)) === 0, { timeoutMs: 30_000 });
      await subject.publish([message(topics.catalog, 'restored-4', 4)]);
      await eventually(async () => (await seen()).length === 4, { timeoutMs: 30_000 });
      await after.stop();
    },
    timeoutMs,
  );

  it(
    'stops a group that what it had not read yet was deleted under, while it runs and at its start: it handles nothing behind the gap',
    async () => {
      const topic = topics.decisions;
      const key = uuidv7();
      const stated = (sequence: number): PublicMessage => message(topic, key, sequence);
      const seen = async (): Promise<number[]> =>
        (await subject.effects('overtaken')).filter((e) => e.key === key).map((e) => e.sequence);
      const gone = (since: number): Promise<boolean> =>
        eventually(
          () => subject.errors.slice(since).some((e) => e instanceof Error && e.cause instanceof PositionGone),
          {
            timeoutMs: 30_000,
          },
        );
      const held = Promise.withResolvers<void>();
      let reached = false;
      const check = (m: PublicMessage): Promise<void> | void => {
        if (m.key !== key || m.sequence > 1) return;
        reached = true;
        return held.promise;
      };
      const running = await subject.member({ group: 'overtaken', topics: [topic], check });
      await subject.publish([stated(1)]);
      await eventually(() => reached, { timeoutMs: 30_000 });
      await subject.publish([stated(2)]);
      const admin = subject.kafka.admin();
      await admin.connect();
      const ends = await admin.fetchTopicOffsets(subject.prefix + topic);
      await admin.deleteTopicRecords({
        topic: subject.prefix + topic,
        partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
      });
      await admin.disconnect();
      await subject.publish([stated(3)]);
      const errors = subject.errors.length;
      held.resolve();
      await gone(errors);
      const stopped = async (bus: EventBus): Promise<boolean> =>
        (await bus.lags()).some((lag) => lag.topic === topic && lag.gone === true);
      await eventually(() => stopped(running), { timeoutMs: 30_000 });
      await running.stop();

      const again = subject.errors.length;
      const started = await subject.member({ group: 'overtaken', topics: [topic] });
      await gone(again);
      await eventually(() => stopped(started), { timeoutMs: 30_000 });
      expect(await seen()).toEqual([1]);
      await started.stop();
    },
    timeoutMs,
  );

  it(
    'resumes a group that missed messages: everything is handled once, in order',
    async () => {
      const hr = await kafkaSubject(broker, saidOf, { schema: 'hr' });
      await resumesAfterLoss({
        subject: hr,
        source: { store: hr.t.store, bus: hr.publisher },
        deleteAll: async (topic) => {
          const admin = hr.kafka.admin();
          await admin.connect();
          const ends = await admin.fetchTopicOffsets(hr.prefix + topic);
          await admin.deleteTopicRecords({
            topic: hr.prefix + topic,
            partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
          });
          await admin.disconnect();
        },
        forget: async (group) => void (await hr.t.db.query('delete from inbox where consumer = $1', [group])),
      });
      await hr.close();
    },
    timeoutMs,
  );

  it('relays facts in order, one holder after the other, while the broker comes and goes', async () => {
    const relayed = await kafkaSubject(broker, ({ stream, version, id }) => [
      message(topics.lifecycle, stream, version, id),
    ]);
    const effects = (): ReturnType<typeof relayed.effects> => relayed.effects('relayed');
    const successor = await relayed.member({ group: 'relayed', topics: [topics.lifecycle] });
    const append = async (version: number): Promise<void> => {
      const work = relayed.t.store.work();
      for (let n = 0; n < 20; n += 1)
        work.append(`relayed-${n}`, version, [{ type: 'Noted', v: 1, data: {} }], causation);
      await work.commit();
    };
    await append(0);
    await eventually(async () => (await effects()).length === 20, { timeoutMs: 30_000 });
    await broker.kill();
    await append(1);
    await broker.restart();
    await append(2);
    await eventually(async () => (await effects()).length === 60, { timeoutMs: 60_000 });
    await relayed.publisher.stop();
    await append(3);
    await eventually(async () => (await effects()).length === 80, { timeoutMs: 30_000 });
    const all = await effects();
    for (let n = 0; n < 20; n += 1) {
      expect(all.filter(({ key }) => key === `relayed-${n}`).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    }
    await successor.stop();
    await relayed.close();
  }, 150_000);

  it('publishes again what it said since an instant: what a consumer has is dropped, what it lost it takes', async () => {
    const relayed = await kafkaSubject(broker, ({ stream, version, id, occurredAt }) => [
      { ...message(topics.lifecycle, stream, version, id), time: occurredAt },
    ]);
    const member = await relayed.member({ group: 'again', topics: [topics.lifecycle] });
    const append = async (stream: string, version: number): Promise<void> => {
      const work = relayed.t.store.work();
      work.append(stream, version, [{ type: 'Noted', v: 1, data: {} }], causation);
      await work.commit();
    };
    const seen = async (): Promise<string[]> =>
      (await relayed.effects('again')).map(({ key, sequence }) => `${key} ${sequence}`).sort();
    await append('again-old', 0);
    await eventually(async () => (await seen()).length === 1, { timeoutMs: 30_000 });
    const [before] = await relayed.t.db.query<{ at: Date }>(`select clock_timestamp() as at`);
    for (const version of [0, 1]) await append('again-new', version);
    await eventually(async () => (await seen()).length === 3, { timeoutMs: 30_000 });
    // As a consumer is left whose database lost what it had taken: nothing of it comes again by itself.
    for (const table of ['effect where key', 'inbox where source']) {
      const like = table.startsWith('inbox') ? '/spec/again-%' : 'again-%';
      await relayed.t.db.query(`delete from ${table} like $1`, [like]);
    }
    await relayed.publisher.republish((before?.at ?? new Date()).toISOString());
    await eventually(async () => (await seen()).length === 2, { timeoutMs: 60_000 });
    await relayed.publisher.republish((before?.at ?? new Date()).toISOString());
    await append('again-last', 0);
    await eventually(async () => (await seen()).includes('again-last 1'), { timeoutMs: 60_000 });
    // Nothing older than the instant, and nothing twice.
    expect(await seen()).toEqual(['again-last 1', 'again-new 1', 'again-new 2']);
    await member.stop();
    await relayed.close();
  }, 150_000);

  it('sends again, in order and once for each effect, what a broker lost with its data', async () => {
    const lossy = await source.start();
    const lost = await kafkaSubject(lossy, ({ stream, version, id }) => [
      { ...message(topics.decisions, stream, version, id), time: new Date().toISOString() },
      { ...message(topics.catalog, stream, version, id), time: '2020-01-01T00:00:00.000Z' },
      { ...message(topics.results, stream, version, id), time: '2020-01-01T00:00:00.000Z' },
    ]);
    const members = [topics.decisions, topics.catalog, topics.results];
    const member = await lost.member({ group: 'lossy', topics: members });
    const seen = async (): Promise<number> => (await lost.effects('lossy')).length;
    const append = async (from: number, to: number, version: number): Promise<void> => {
      const work = lost.t.store.work();
      for (let n = from; n < to; n += 1) work.append(`s-${n}`, version, [{ type: 'Noted', v: 1, data: {} }], causation);
      await work.commit();
    };
    await append(0, 30, 0);
    await eventually(async () => (await seen()) === 90, { timeoutMs: 30_000 });
    // What nobody has read yet is lost, too: the broker dies while it is sent.
    await append(0, 30, 1);
    await lossy.kill();
    await append(0, 30, 2);
    await lossy.wipe();
    await lossy.restart();
    await append(0, 30, 3);
    // A topic whose messages are older than it keeps them is not filled with them again; one that is kept for ever is.
    const whole = async (topic: string): Promise<number> =>
      (await lost.effects('lossy')).filter(({ topic: of }) => of === topic).length;
    await eventually(
      async () => {
        const got = [await whole(topics.decisions), await whole(topics.catalog)];
        if (got.join() !== '120,120')
          throw new Error(`took ${got.join()}: ${lost.errors.map((e) => inspect(e, { depth: 4 })).join('\n')}`);
        return true;
      },
      { timeoutMs: 90_000 },
    );
    for (let n = 0; n < 30; n += 1) {
      const versions = (await lost.effects('lossy')).filter((e) => e.topic === topics.decisions && e.key === `s-${n}`);
      expect(versions.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    }
    expect(lost.errors.map(String).join()).toMatch(/lost|gone|relay/);
    const reader = await lost.member({ group: 'later', topics: [topics.decisions, topics.catalog] });
    await eventually(async () => (await lost.effects('later')).length >= 240, { timeoutMs: 30_000 });
    await Promise.all([member.stop(), reader.stop()]);
    await lost.close();
    await lossy.stop();
  }, 240_000);

  it(
    'parks what is no event of ours with its reason, and goes on',
    async () => {
      const bus = await subject.member({ group: 'reader', topics: [topics.auditControl] });
      const producer = subject.kafka.producer();
      await producer.connect();
      await producer.send({
        topic: subject.prefix + topics.auditControl,
        messages: [
          { key: 'k', value: 'not json', headers: toHeaders(message(topics.auditControl, 'k', 1)) },
          { key: 'k2', value: '{}', headers: {} },
        ],
      });
      await producer.disconnect();
      await subject.publish([message(topics.auditControl, 'other', 1)]);
      await eventually(async () => (await subject.effects('reader')).length === 1, { timeoutMs: 30_000 });
      const parked = await eventually(
        async () => {
          const all = await bus.parking.list(10, null);
          return all.length === 2 ? all : undefined;
        },
        { timeoutMs: 30_000 },
      );
      expect(parked.map((p) => p.poison)).toEqual([true, true]);
      expect(parked.map((p) => p.reason).sort()).toEqual(['header ce_id is missing', 'the body is not JSON']);
      const id = parked[0]?.id ?? '';
      expect(await bus.parking.replay('reader', id)).toMatchObject({ outcome: 'parked-again', stuck: { id } });
      expect(await bus.parking.dismiss('reader', id)).toEqual({ outcome: 'dismissed', stuck: null });
      await bus.stop();
    },
    timeoutMs,
  );
});
