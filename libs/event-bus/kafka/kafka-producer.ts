import { Partitioners, type Kafka, type Producer, type RecordMetadata, type TopicMessages } from 'kafkajs';
import { toHeaders, type EventHeaders } from '../cloud-event.js';
import type { PublicMessage } from '../message.js';

/** A partition holds at least the offsets below `next`. */
export interface Sent {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
}

/** All within a second: a send must not continue after a restart of the brokers, which may have lost their data. */
export const shortRetry = { retries: 4, initialRetryTime: 50, maxRetryTime: 200 };

/** One request stays well below a broker's limit; messages larger than that go alone. */
const requestBytes = 512 * 1_024;
const requestMessages = 500;

/**
 * Publishes in order, one request at a time. After any failure the producer is discarded: its next batch would carry
 * the sequence number of the one that failed, and a broker that had stored that one would take the new one for a
 * repeat. What was sent before may then be sent twice; consumers know.
 */
export class KafkaProducer {
  private producer: Promise<Producer> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly kafka: Kafka,
    private readonly prefix: string,
  ) {}

  /**
   * Resolves when the brokers have them all; rejects when that is not certain.
   * @param to each message goes to each of these partitions; to the one of its key unless given
   */
  send(messages: readonly PublicMessage[], to?: readonly number[]): Promise<readonly Sent[]> {
    const sent = this.last.then(() => this.sendNow(messages, to));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  /** False before the first request and after each failure. */
  get connected(): boolean {
    return this.producer !== undefined;
  }

  async close(): Promise<void> {
    await this.last;
    await this.discard();
  }

  private async sendNow(messages: readonly PublicMessage[], to?: readonly number[]): Promise<Sent[]> {
    this.producer ??= this.connect();
    try {
      const producer = await this.producer;
      const sent: Sent[] = [];
      for (const request of inRequests(messages.map(written))) {
        const stored = await producer.sendBatch({ acks: -1, topicMessages: this.byTopic(request, to) });
        sent.push(...stored.flatMap((one) => this.sentTo(one)));
      }
      return sent;
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: shortRetry,
    });
    try {
      // Asks for a producer id, too: the coordinator may still be loading after a start of the broker.
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private async discard(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    await producer?.then((p) => p.disconnect()).catch(() => undefined);
  }

  private sentTo({ topicName, partition, baseOffset }: RecordMetadata): Sent[] {
    if (baseOffset === undefined || baseOffset.startsWith('-')) return [];
    return [{ topic: topicName.slice(this.prefix.length), partition, next: BigInt(baseOffset) + 1n }];
  }

  private byTopic(messages: readonly Written[], to?: readonly number[]): TopicMessages[] {
    return [...Map.groupBy(messages, (m) => m.topic)].map(([topic, some]) => ({
      topic: this.prefix + topic,
      messages: some.flatMap(({ record }) =>
        to === undefined ? [record] : to.map((partition) => ({ ...record, partition })),
      ),
    }));
  }
}

/** A message as it is sent. */
interface Written {
  readonly topic: string;
  readonly record: { readonly key: string; readonly value: string; readonly headers: EventHeaders };
}

const written = (m: PublicMessage): Written => ({
  topic: m.topic,
  record: { key: m.key, value: JSON.stringify(m.body), headers: toHeaders(m) },
});

function* inRequests(messages: readonly Written[]): Generator<Written[]> {
  let request: Written[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = 1_024 + message.record.value.length * 2;
    if (request.length > 0 && (bytes + size > requestBytes || request.length === requestMessages)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += size;
  }
  if (request.length > 0) yield request;
}
