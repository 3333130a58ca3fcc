import { Kafka, logLevel } from 'kafkajs';
import type { RecordedFact } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { storeUnderTest, type StoreUnderTest } from '../../../test/support/event-store.js';
import type { OwnBroker } from '../../../test/support/kafka.js';
import type { BusSubject } from '../scope.contract.js';
import { KafkaBus } from './kafka-bus.js';
import type { Published } from '../message.js';
import { busTestMigrations, stageEffects, storedEffects, subscribeEffects } from '../postgres/postgres-bus.fixtures.js';

export interface KafkaSubject extends BusSubject {
  readonly t: StoreUnderTest;
  readonly errors: unknown[];
  readonly prefix: string;
  /** A client of its own, to read or write what the bus would not. */
  readonly kafka: Kafka;
  /** The first bus, started: what `publish` goes through, and the first to hold the relay's lease. */
  readonly publisher: KafkaBus;
  /** Another bus with connections of its own, not started. */
  readonly bus: () => Promise<KafkaBus>;
  readonly close: () => Promise<void>;
}

/** The bus on a real broker, under topic and group names of its own. */
export async function kafkaSubject(
  broker: OwnBroker,
  published: Published<RecordedFact> = () => [],
  of: { schema?: string } = {},
): Promise<KafkaSubject> {
  const t = await storeUnderTest({ ...of, migrations: busTestMigrations });
  const errors: unknown[] = [];
  const prefix = `t${uuidv7().slice(-12)}-`;
  const opened: KafkaBus[] = [];
  const bus: KafkaSubject['bus'] = async () => {
    const { store } = opened.length === 0 ? t : await t.another();
    const made = new KafkaBus({
      service: 'spec',
      store,
      published,
      brokers: [broker.brokers],
      takeLeases: false,
      onError: (what, error) => errors.push(new Error(what, { cause: error })),
      topicPrefix: prefix,
      partitions: 3,
      sessionTimeoutMs: 6_000,
    });
    opened.push(made);
    return made;
  };
  const publisher = await bus();
  await publisher.start();
  return {
    t,
    errors,
    prefix,
    bus,
    publisher,
    kafka: new Kafka({ clientId: 'spec', brokers: [broker.brokers], logLevel: logLevel.NOTHING }),
    timeoutMs: 60_000,
    stage: stageEffects,
    publish: (messages) => publisher.publish(messages),
    effects: (group) => storedEffects(t.store, group),
    outage: async () => {
      await broker.kill();
      return async () => void (await broker.restart());
    },
    member: async (options) => {
      const member = await bus();
      subscribeEffects(member, options);
      await member.start();
      return member;
    },
    close: async () => {
      await Promise.all(opened.map((one) => one.stop()));
      await t.close();
    },
  };
}
