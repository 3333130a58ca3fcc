import type { Consumer as KafkaConsumer, Kafka } from 'kafkajs';
import type { Database } from '#libs/event-store/database.js';
import type { Consumer } from '../consumer/consumer.js';
import { defaultBatch, type InHand, KafkaBatches } from './kafka-batches.js';
import { KafkaOffsets } from './kafka-offsets.js';
import { KafkaPages } from './kafka-pages.js';
import { KafkaPositions } from './kafka-positions.js';
import type { Lag } from '../event-bus.port.js';
import { PositionGone, positionGoneMs } from '../consumer/position-gone.js';
import { Wakeable } from '#libs/event-store/wakeable.js';

export interface KafkaGroupOptions {
  readonly kafka: Kafka;
  readonly db: Database;
  readonly prefix: string;
  readonly consumer: Consumer;
  readonly signal: AbortSignal;
  readonly onError: (what: string, error: unknown) => void;
  /** Called when the brokers were away, or may have been. */
  readonly onAway: () => void;
  readonly sessionTimeoutMs: number;
  /** Of the service's store. */
  readonly epoch: number;
}

/**
 * The name of a group in Kafka. A service whose epoch rose lost effects whose offsets are committed: under a new name it
 * reads its topics again from their beginning, and its inbox drops what it still knows.
 */
export const groupIdOf = (group: string, epoch: number): string => (epoch === 1 ? group : `${group}@${epoch}`);

/** More than a member ever has: batches of one fetch are handled together. */
const partitionsConsumedConcurrently = 64;
/** Few messages are fetched ahead: kafkajs loses its group if it handles a large fetch for too long. */
const maxBytesPerPartition = 256 * 1_024;
const maxBytes = 1_024 * 1_024;
/** An empty fetch ends after this time; between fetches kafkajs notices a rebalance. */
const fetchMs = 500;
const heartbeatMs = 1_000;
const rejoinMs = 500;
/** Without a fetch or heartbeat for this time the client hangs and is replaced. */
const silenceMs = 60_000;

/**
 * One member of a consumer group. Offsets are committed after the database has the effects; the kafkajs consumer is
 * replaced whenever it crashes or hangs, so that its errors never end the consumption.
 */
export class KafkaGroup {
  private readonly pauses: Wakeable;
  private readonly inHand: InHand = new Map();

  /** Topics of which messages were deleted before they were read. */
  private readonly gone = new Set<string>();

  constructor(private readonly options: KafkaGroupOptions) {
    this.pauses = new Wakeable(options.signal);
  }

  async run(): Promise<void> {
    const { signal, onError, consumer } = this.options;
    while (!signal.aborted) {
      try {
        await this.consume();
        await this.pauses.wait(rejoinMs);
      } catch (error) {
        this.options.onAway();
        const gone = error instanceof PositionGone;
        if (gone) this.gone.add(error.topic);
        onError(`${consumer.subscription.group}: left the group and joins again${gone ? ' later' : ''}`, error);
        await this.pauses.wait(gone ? positionGoneMs : rejoinMs);
      }
    }
  }

  /** Ends a pause: a lost position may have been resumed. */
  wake(): void {
    this.pauses.wake();
  }

  /** How long the oldest message that was fetched and not taken yet has waited, by topic. */
  lags(): Lag[] {
    const { consumer, prefix } = this.options;
    return consumer.subscription.topics.map((topic) => {
      const since = [...this.inHand.values()]
        .filter((one) => one.topic === prefix + topic)
        .map(({ sinceMs }) => sinceMs);
      const seconds =
        since.length === 0 ? 0 : Math.max(0, (performance.timeOrigin + performance.now() - Math.min(...since)) / 1_000);
      return { reader: consumer.subscription.group, topic, seconds, gone: this.gone.has(topic) };
    });
  }

  /** Joins and consumes until the bus stops, or kafkajs crashes or hangs. */
  private async consume(): Promise<void> {
    const { kafka, db, prefix, consumer, signal, sessionTimeoutMs, epoch, onError } = this.options;
    const { group, topics, lingerMs = 0, maxBatch = defaultBatch } = consumer.subscription;
    const groupId = groupIdOf(prefix + group, epoch);
    const client = kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(heartbeatMs, sessionTimeoutMs / 3),
      rebalanceTimeout: 60_000,
      maxBytesPerPartition,
      maxBytes,
      minBytes: lingerMs > 0 ? maxBytesPerPartition : 1,
      maxWaitTimeInMs: lingerMs > 0 ? lingerMs : fetchMs,
      // This class restarts it, whatever the reason.
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: () => Promise.resolve(false) },
    });
    const over = this.untilOver(client);
    const places = new KafkaPositions({
      kafka,
      db,
      prefix,
      group,
      groupId,
      firstEpoch: epoch === 1,
      onLost: (error) => onError(`${group}: place lost`, error),
    });
    const offsets = new KafkaOffsets(client);
    const pages = new KafkaPages(consumer, maxBatch);
    const { inHand } = this;
    const batches = new KafkaBatches({ client, consumer, prefix, signal, inHand, places, offsets, pages });
    let known = Promise.resolve();
    const underWay = new Set<Promise<void>>();
    client.on(client.events.GROUP_JOIN, ({ payload }) => {
      this.options.onAway();
      known = places.assigned(payload.memberAssignment).then(() => this.gone.clear());
      known.catch(over.fail);
    });
    try {
      await client.connect();
      await client.subscribe({ topics: topics.map((topic) => prefix + topic), fromBeginning: true });
      await client.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently,
        eachBatch: async (batch) => {
          const taking = known.then(() => batches.take(batch));
          underWay.add(taking);
          try {
            await taking;
          } catch (error) {
            // Not kafkajs's to repeat.
            if (!(error instanceof PositionGone)) throw error;
            over.fail(error);
          } finally {
            underWay.delete(taking);
          }
        },
      });
      if (!signal.aborted) await over.reason;
    } finally {
      over.cancel();
      // Nothing waits for a crashed member: the next one continues from the position in the database.
      if (signal.aborted) {
        // What is being handled is still told to the brokers: once the member has left they take nothing from it.
        await Promise.allSettled(underWay);
        await offsets.told();
      }
      await client.disconnect().catch(() => undefined);
    }
  }

  /** Rejects with the reason if kafkajs crashed, hangs, or `fail` was called; resolves when the bus stops. */
  private untilOver(client: KafkaConsumer): {
    reason: Promise<void>;
    fail: (error: unknown) => void;
    cancel: () => void;
  } {
    const { signal } = this.options;
    let lastSign = performance.now();
    const sign = (): number => (lastSign = performance.now());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    const off = [
      client.on(client.events.CRASH, ({ payload }) => reject(payload.error)),
      client.on(client.events.HEARTBEAT, sign),
      client.on(client.events.FETCH, sign),
    ];
    const watch = setInterval(() => {
      if (performance.now() - lastSign > silenceMs) reject(new Error(`no fetch and no heartbeat for ${silenceMs} ms`));
    }, 5_000).unref();
    const stop = (): void => resolve();
    signal.addEventListener('abort', stop, { once: true });
    const cancel = (): void => {
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
      for (const end of off) end();
    };
    return { reason: promise, fail: reject, cancel };
  }
}
