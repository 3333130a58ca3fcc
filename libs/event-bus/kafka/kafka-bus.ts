import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type KafkaConfig, type Admin } from 'kafkajs';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { ConsumerState } from '../consumer/consumer-state.js';
import { Consumer } from '../consumer/consumer.js';
import {
  EventBus,
  type Lag,
  type ReaderPosition,
  type RepublicationFor,
  type Subscription,
} from '../event-bus.port.js';
import { KafkaGroup } from './kafka-group.js';
import { KafkaLag } from './kafka-lag.js';
import { KafkaProducer, shortRetry } from './kafka-producer.js';
import { securityConfig, type KafkaSecurity } from './kafka-security.js';
import { KafkaRelay } from './kafka-relay.js';
import { KafkaResumptions } from './kafka-resumptions.js';
import { ensureTopics, withAdmin } from './kafka-topics.js';
import { endFor, messagesFor, messagesSince } from '../publish-again.js';
import type { Work } from '#libs/event-store/work.js';
import { KafkaWatch } from './kafka-watch.js';
import { fixRecords } from './kafkajs-records.js';
import { fixTimers } from './kafkajs-timers.js';
import type { PublicMessage, Published } from '../message.js';
import { Parking } from '../consumer/parking.js';
import { PostgresConsumerState } from '../postgres/postgres-consumer-state.js';
import { Subscriptions } from '../consumer/subscriptions.js';
import { runUrgentLane } from '../urgent/urgent-lane.js';
import { pruneUrgent, relayName, urgentChannel, UrgentRows, type UrgentRow } from '../urgent/urgent-rows.js';
import { orStopped } from '#libs/event-store/or-stopped.js';
import { Wakeable } from '#libs/event-store/wakeable.js';

export interface KafkaBusOptions {
  readonly service: string;
  readonly store: EventStore;
  readonly published: Published<RecordedFact>;
  readonly brokers: readonly string[];
  /** TLS and SASL; neither unless given. */
  readonly security?: KafkaSecurity;
  /** Take the relay's lease from its present holder. */
  readonly takeLeases: boolean;
  readonly onError: (what: string, error: unknown) => void;
  /** Before every topic and group name; empty unless given. */
  readonly topicPrefix?: string;
  /** Of topics this bus makes. */
  readonly partitions?: number;
  readonly sessionTimeoutMs?: number;
  /** May the source of a message write to its topic? All may unless given. */
  readonly trusts?: NonNullable<Subscription['trusts']>;
  /** Another keeper of inbox and parked messages; for tests. */
  readonly state?: ConsumerState;
}

const retryMs = 500;
/** How long the start waits for the brokers before the service continues without them. */
const startMs = 10_000;
/** How long the stop waits for running calls to the brokers. */
const stopMs = 8_000;
const pruneMs = 60 * 60 * 1_000;

/** The bus through Kafka: a relay follows the service's facts, each subscription is a member of its consumer group. */
export class KafkaBus extends EventBus {
  private readonly subscriptions: Subscriptions;
  private readonly stopping = new AbortController();
  private readonly pauses = new Wakeable(this.stopping.signal);
  private readonly kafka: Kafka;
  private readonly state: ConsumerState;
  override readonly parking: Parking;
  private readonly producer: KafkaProducer;
  private readonly relay: KafkaRelay;
  private readonly urgent: UrgentRows;
  private readonly lagReader: KafkaLag;
  private readonly watch: KafkaWatch;
  private readonly resumptions: KafkaResumptions;
  private groups: readonly KafkaGroup[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private pruning: NodeJS.Timeout | undefined;

  constructor(private readonly options: KafkaBusOptions) {
    super();
    const { store, published, takeLeases, onError } = options;
    fixTimers();
    fixRecords();
    const client: KafkaConfig = {
      clientId: options.service,
      brokers: [...options.brokers],
      ...securityConfig(options.security ?? {}),
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      // Important errors reach onError; kafkajs would log every retry.
      logLevel: logLevel.NOTHING,
    };
    this.kafka = new Kafka(client);
    this.subscriptions = new Subscriptions(options.trusts);
    this.state = options.state ?? new PostgresConsumerState(store.db);
    this.parking = new Parking(this.subscriptions, this.state, () => store.work());
    // A send must end with its connection: the brokers may restart without their data, and lost messages must be sent first.
    this.producer = new KafkaProducer(new Kafka({ ...client, retry: shortRetry }), options.topicPrefix ?? '');
    this.lagReader = new KafkaLag(this.kafka);
    this.watch = new KafkaWatch(this.kafka, this.stopping.signal, onError);
    this.urgent = new UrgentRows(store.db, 'urgent_outbox');
    this.resumptions = new KafkaResumptions(this.kafka, store.db, options.topicPrefix ?? '', store.epoch);
    this.relay = new KafkaRelay({
      kafka: this.kafka,
      prefix: options.topicPrefix ?? '',
      partitions: options.partitions,
      store,
      producer: this.producer,
      published,
      urgent: this.urgent,
      takeLeases,
      onError,
    });
    store.onStage((facts) => {
      const fragment = this.urgent.insert(facts.flatMap((fact) => published(fact)));
      return fragment === null
        ? []
        : [{ ...fragment, committed: () => store.db.notifier.notify(urgentChannel('urgent_outbox')) }];
    });
  }

  override async publish(messages: readonly PublicMessage[]): Promise<void> {
    await this.producer.send(messages);
  }

  override subscribe(subscription: Subscription): void {
    this.subscriptions.add(subscription);
  }

  /** While the brokers cannot be reached, facts wait in the store and the service starts without the brokers. */
  override async start(): Promise<void> {
    const subscriptions = this.subscriptions.start();
    this.groups = subscriptions.map((subscription) => this.group(subscription));
    void this.watch.run();
    const topicsThere = this.untilTopicsThere();
    this.running = topicsThere.then(async () => {
      if (this.stopping.signal.aborted) return;
      await this.relay.start();
      await Promise.all([this.runUrgent(), ...this.groups.map((group) => group.run())]);
    });
    this.running.catch((error: unknown) => this.options.onError('the bus does not run', error));
    this.pruning = setInterval(() => void this.prune(), pruneMs).unref();
    const startPause = new Wakeable(this.stopping.signal);
    await Promise.race([topicsThere, startPause.wait(startMs)]);
    startPause.wake();
  }

  /** Brokers that do not answer are not waited for: what was sent and not confirmed is sent again after the next start. */
  override async stop(): Promise<void> {
    clearInterval(this.pruning);
    this.stopping.abort();
    await Promise.race([this.ended(), sleep(stopMs, undefined, { ref: false })]);
  }

  override brokerConnected(): boolean | null {
    return this.watch.connected;
  }

  private async ended(): Promise<void> {
    await this.running.catch(() => undefined);
    await this.relay.stop();
    await Promise.all([this.producer.close(), this.lagReader.close()]);
  }

  override async lag(group: string, topic: string, atMost: number): Promise<number> {
    const prefix = this.options.topicPrefix ?? '';
    return Math.min(await this.lagReader.of(prefix + group, prefix + topic), atMost);
  }

  override republish(from: string): Promise<void> {
    return this.relay.request(from);
  }

  override republishFor(wanted: RepublicationFor): Promise<void> {
    this.sendFor(wanted).catch((error: unknown) =>
      this.options.onError('publishing again ended early: ask for it again', error),
    );
    return Promise.resolve();
  }

  override positions(): Promise<readonly ReaderPosition[]> {
    return this.resumptions.positions(this.subscriptions.all());
  }

  override async resume(
    id: string,
    also: (work: Work, begun: readonly ReaderPosition[]) => void,
  ): Promise<readonly ReaderPosition[]> {
    const { store } = this.options;
    await this.resumptions.begin(this.subscriptions.all(), id, { newWork: () => store.work(), also });
    for (const group of this.groups) group.wake();
    return (await this.positions()).filter(({ state }) => state !== 'reading');
  }

  private async sendFor(wanted: RepublicationFor): Promise<void> {
    const { store, published, topicPrefix = '' } = this.options;
    const { signal } = this.stopping;
    for await (const messages of messagesSince(store, published, wanted.from, signal))
      await this.producer.send(messagesFor(wanted, messages));
    const topic = topicPrefix + wanted.topic;
    const partitions = await withAdmin(this.kafka, (admin) => admin.fetchTopicOffsets(topic));
    if (signal.aborted) return;
    await this.producer.send(
      [endFor(wanted, store)],
      partitions.map(({ partition }) => partition),
    );
  }

  override async lags(): Promise<readonly Lag[]> {
    return [
      { reader: relayName, topic: null, seconds: await this.relay.lagSeconds() },
      ...this.groups.flatMap((group) => group.lags()),
    ];
  }

  private group(subscription: Subscription): KafkaGroup {
    const { store, onError, topicPrefix: prefix = '', sessionTimeoutMs = 10_000 } = this.options;
    const { signal } = this.stopping;
    const consumer = new Consumer(subscription, { state: this.state, work: () => store.work(), signal, onError });
    return new KafkaGroup({
      kafka: this.kafka,
      db: store.db,
      prefix,
      consumer,
      signal,
      onError,
      onAway: () => this.relay.requireCheck(),
      sessionTimeoutMs,
      epoch: store.epoch,
    });
  }

  /** All topics are made at the start: a member that subscribes to fewer than the others breaks the assignment. */
  private async untilTopicsThere(): Promise<void> {
    let told = false;
    while (!this.stopping.signal.aborted) {
      const admin = this.kafka.admin({ retry: { retries: 3 } });
      try {
        await orStopped(this.makeTopics(admin), this.stopping.signal);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        if (!told) this.options.onError('waits for the brokers', error);
        told = true;
        await this.pauses.wait(retryMs);
      } finally {
        // A broker that hangs does not answer this either.
        const left = admin.disconnect().catch(() => undefined);
        if (!this.stopping.signal.aborted) await left;
      }
    }
  }

  private async makeTopics(admin: Admin): Promise<void> {
    await admin.connect();
    await ensureTopics(admin, this.options.topicPrefix ?? '', this.options.partitions);
  }

  /** Any member may send: a message sent twice, or late, changes nothing. */
  private runUrgent(): Promise<void> {
    const { store, onError } = this.options;
    const rows = this.urgent;
    const take = async (claimed: readonly UrgentRow[]): Promise<void> => {
      await this.producer.send(claimed.map(({ message }) => message));
      const work = store.work();
      rows.overtaken(
        work,
        relayName,
        claimed.map(({ message }) => message),
      );
      await work.commit();
    };
    const { signal } = this.stopping;
    return runUrgentLane({ db: store.db, rows, table: 'urgent_outbox', consumer: relayName, signal, onError, take });
  }

  private async prune(): Promise<void> {
    try {
      await this.state.prune(await this.resumptions.lastMoves(this.subscriptions.groups()));
      await pruneUrgent(this.options.store.db, 'urgent_outbox');
    } catch (error) {
      this.options.onError('idle inbox rows stay for another hour', error);
    }
  }
}
