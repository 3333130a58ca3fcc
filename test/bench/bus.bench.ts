import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { EventBus } from '#libs/event-bus/event-bus.port.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import { KafkaBus } from '#libs/event-bus/kafka/kafka-bus.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import { topics } from '#libs/contracts/topics.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { eventually } from '../support/eventually.js';
import type { Broker } from '../support/kafka.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { cpuFor, type Counted, type CpuTime } from './cpu.js';
import { inLanes, percentile, timed, type Line } from './measure.js';

const causation = { actor: 'service/bench', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };
const payload = { note: 'x'.repeat(300), count: 1 };
const drained = 5_000;
const batch = 200;
const lanes = 4;
const singles = 100;
const topic = topics.decisions;

/** A way of getting messages across, ours or the floor's. */
interface Way {
  /** Sends so many, in batches. */
  send(count: number): Promise<unknown>;
  /** Messages handled for good so far. */
  handled(): number;
  onHandled(listener: () => void): void;
  close(): Promise<void>;
}

const published = (fact: RecordedFact): readonly PublicMessage[] => [
  messageOf('bench', fact, { topic, type: 'hub.bench.noted.v1', key: fact.stream, body: fact.data }),
];

/** Facts stored until their message is handled and committed, on one transport. */
async function ours(url: string, broker: Broker | null): Promise<Way> {
  const schema = `bench_${broker === null ? 'postgres' : 'kafka'}_${uuidv7().slice(-6)}`;
  const db = await Database.open({ url, schema, migrations: [...eventStoreMigrations, ...busMigrations], poolSize: 8 });
  const key = new MasterKey(Buffer.alloc(32, 1));
  const store = new EventStore(db, key, () => new Date().toISOString(), await currentEpoch(db));
  const bus = busOf(store, broker, schema);
  let count = 0;
  let listener = (): void => undefined;
  bus.subscribe({
    group: schema,
    topics: [topic],
    handle: (page, work) => {
      const mine = page.filter(({ source }) => source.startsWith('/bench/')).length;
      work.onCommitted(() => {
        count += mine;
        listener();
      });
      return Promise.resolve();
    },
  });
  await bus.start();
  const append = async (facts: number): Promise<void> => {
    const work = store.work();
    for (let n = 0; n < facts; n += 1)
      work.append(`n-${uuidv7()}`, 0, [{ type: 'Noted', v: 1, data: payload }], causation);
    await work.commit();
  };
  return {
    send: (facts) => (facts < batch ? append(facts) : inLanes(lanes, Math.ceil(facts / batch), () => append(batch))),
    handled: () => count,
    onHandled: (next) => (listener = next),
    close: async () => {
      await bus.stop();
      await db.query(`delete from bus.message`);
      await db.query(`drop schema ${schema} cascade`);
      await db.close();
    },
  };
}

function busOf(store: EventStore, broker: Broker | null, service: string): EventBus {
  const onError = (what: string, error: unknown): void => console.error(what, error);
  if (broker !== null)
    return new KafkaBus({ service, store, published, brokers: [broker.brokers], takeLeases: true, onError });
  const bus = new PostgresBus({ store, onError });
  bus.fuseInto(store, published);
  return bus;
}

/** kafkajs alone: the same bodies, no store, no inbox, offsets committed by itself. */
async function rawKafka(broker: Broker): Promise<Way> {
  const name = `raw-${randomUUID()}`;
  const kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 6 }], waitForLeaders: false });
  await eventually(async () => (await admin.fetchTopicOffsets(name)).length === 6);
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const consumer = kafka.consumer({ groupId: name, allowAutoTopicCreation: false });
  await consumer.connect();
  await consumer.subscribe({ topic: name, fromBeginning: true });
  let count = 0;
  let listener = (): void => undefined;
  await consumer.run({
    eachBatch: ({ batch: { messages } }) => {
      count += messages.length;
      listener();
      return Promise.resolve();
    },
  });
  const value = JSON.stringify(payload);
  const send = async (messages: number): Promise<void> => {
    const sent = Array.from({ length: Math.min(batch, messages) }, () => ({ key: uuidv7(), value }));
    for (let left = messages; left > 0; left -= sent.length)
      await producer.send({ topic: name, acks: -1, messages: sent });
  };
  return {
    send,
    handled: () => count,
    onHandled: (next) => (listener = next),
    close: async () => {
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}

/** Resolves once `count` more are handled than `before`. */
function handledAll(way: Way, wanted: number): Promise<void> {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`${way.handled()} of ${wanted} after a minute`)), 60_000);
    const look = (): void => {
      if (way.handled() < wanted) return;
      clearTimeout(late);
      done();
    };
    way.onHandled(look);
    look();
  });
}

async function across(way: Way, count: number): Promise<void> {
  const wanted = way.handled() + count;
  await Promise.all([way.send(count), handledAll(way, wanted)]);
}

interface Figures {
  readonly drain: number[];
  readonly latency: number[];
  /** Of each message drained. */
  readonly cpu: CpuTime[];
}

async function measure(way: Way, figures: Figures, counted: Counted): Promise<void> {
  let ms = 0;
  figures.cpu.push(await cpuFor(counted, drained, async () => (ms = await timed(() => across(way, drained)))));
  figures.drain.push((drained * 1000) / ms);
  const samples: number[] = [];
  for (let n = 0; n < singles; n += 1) {
    samples.push(await timed(() => across(way, 1)));
    await new Promise((done) => setTimeout(done, 5));
  }
  figures.latency.push(percentile(samples, 0.5));
}

/** Drain and latency of each transport beside kafkajs alone; without a broker, Postgres alone. */
export async function benchBus(
  { url, pid }: PostgresServer,
  broker: Broker | null,
  runs: number,
  history: number,
): Promise<Line[]> {
  const ways: [name: string, way: Way][] = [['Postgres', await ours(url, null)]];
  if (broker !== null) ways.push(['Kafka', await ours(url, broker)]);
  const floor = broker === null ? null : await rawKafka(broker);
  const figures = new Map<string, Figures>(
    [...ways.map(([name]) => name), 'floor'].map((name) => [name, { drain: [], latency: [], cpu: [] }]),
  );
  const of = (name: string): Figures => figures.get(name) ?? { drain: [], latency: [], cpu: [] };
  const counted = { node: process.pid, postmaster: pid };
  try {
    // A group that has joined answers its first message.
    for (const way of [...ways.map(([, one]) => one), ...(floor === null ? [] : [floor])])
      await eventually(() => across(way, 1).then(() => true), { timeoutMs: 90_000 });
    for (const [, way] of ways) for (let sent = 0; sent < history; sent += drained) await across(way, drained);
    for (let run = 0; run < runs; run += 1) {
      if (floor !== null) await measure(floor, of('floor'), counted);
      for (const [name, way] of ways) await measure(way, of(name), counted);
    }
  } finally {
    await Promise.all([...ways.map(([, way]) => way.close()), floor?.close()]);
  }
  const suffix = history > 0 ? `, ${history.toLocaleString('en')} messages before` : '';
  const raw = (what: 'drain' | 'latency'): Pick<Line, 'floor'> =>
    floor === null ? {} : { floor: { what: 'raw kafkajs', runs: of('floor')[what] } };
  const floorLine: Line[] =
    floor === null
      ? []
      : [{ name: `raw kafkajs${suffix}`, unit: 'messages/s', runs: of('floor').drain, cpu: of('floor').cpu }];
  const lines = ways.flatMap(([name]): Line[] => [
    {
      name: `facts to committed effects, ${name}${suffix}`,
      unit: 'messages/s',
      runs: of(name).drain,
      cpu: of(name).cpu,
      ...raw('drain'),
    },
    { name: `one fact to its effect, ${name}, p50${suffix}`, unit: 'ms', runs: of(name).latency, ...raw('latency') },
  ]);
  return [...floorLine, ...lines];
}
