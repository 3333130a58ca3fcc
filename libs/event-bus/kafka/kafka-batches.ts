import type { Consumer as KafkaConsumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { uuidv5 } from '#libs/event-store/ids.js';
import { fromHeaders, type EventHeaders } from '../cloud-event.js';
import type { Consumer } from '../consumer/consumer.js';
import { moveResumption } from '../consumer/resumption-rows.js';
import { sift } from '../consumer/resumption.js';
import type { PublicMessage } from '../message.js';
import type { KafkaOffsets } from './kafka-offsets.js';
import type { KafkaPages } from './kafka-pages.js';
import type { KafkaPositions } from './kafka-positions.js';

/** By topic and partition: when the oldest message in hand was published, in milliseconds since 1970. */
export type InHand = Map<string, { readonly topic: string; readonly sinceMs: number }>;

interface KafkaBatchesOptions {
  readonly client: KafkaConsumer;
  readonly consumer: Consumer;
  readonly prefix: string;
  readonly signal: AbortSignal;
  readonly inHand: InHand;
  /** Where the member is: committed with the effects, and reported to the brokers. */
  readonly places: KafkaPositions;
  readonly offsets: KafkaOffsets;
  readonly pages: KafkaPages;
}

export const defaultBatch = 200;

/** Hands the batches that one member of a group fetched to its consumer. */
export class KafkaBatches {
  constructor(private readonly options: KafkaBatchesOptions) {}

  /**
   * Does a batch begin where the last one ended? If it is further on, the client goes back.
   * @throws PositionGone when messages between were deleted
   */
  private async continues({ topic, partition, messages }: EachBatchPayload['batch']): Promise<boolean> {
    const { client, places } = this.options;
    const first = messages[0]?.offset ?? '0';
    const back = places.goBack(topic, partition, first);
    if (back !== null) {
      client.seek({ topic, partition, offset: back });
      return false;
    }
    const missing = await places.missing(topic, partition, first);
    if (missing === null) return true;
    // kafkajs has committed "the earliest" meanwhile: it is corrected, so that the next start finds the gap, too.
    await client.commitOffsets([{ topic, partition, offset: missing }]);
    throw places.gone(topic);
  }

  /** Handles the messages of one partition, page by page, and moves past those that are handled. @throws PositionGone */
  async take(payload: EachBatchPayload): Promise<void> {
    const { batch, isRunning, isStale, heartbeat } = payload;
    const { client, consumer, signal } = this.options;
    const { maxBatch = defaultBatch } = consumer.subscription;
    const { topic, partition } = batch;
    if (!(await this.continues(batch))) return;
    for (let start = 0; start < batch.messages.length; start += maxBatch) {
      if (signal.aborted || !isRunning() || isStale()) return;
      const some = batch.messages.slice(start, start + maxBatch);
      const offset = await this.takeSome(payload, some);
      if (offset === notTaken) return;
      if (offset !== null) {
        client.seek({ topic, partition, offset });
        break;
      }
      await heartbeat();
    }
    this.options.inHand.delete(`${topic}/${partition}`);
  }

  /** @returns the offset to go back to when a resumption is over with these messages; null otherwise */
  private async takeSome(
    { batch: { topic, partition }, isRunning, isStale, heartbeat, resolveOffset }: EachBatchPayload,
    some: readonly KafkaMessage[],
  ): Promise<string | null> {
    const { consumer, prefix, places, offsets, pages } = this.options;
    const last = some.at(-1);
    if (last === undefined) return null;
    const sinceMs = Number(some[0]?.timestamp ?? performance.timeOrigin + performance.now());
    this.options.inHand.set(`${topic}/${partition}`, { topic, sinceMs });
    const messages = some.map((message) => decode(message, topic.slice(prefix.length), partition));
    const resumption = places.resumption(topic, partition);
    const { take, left } = sift(messages, resumption, consumer.subscription.trusts);
    const next = left === null && resumption !== undefined ? BigInt(resumption.back) : BigInt(last.offset) + 1n;
    const taken = await pages.take({
      messages: take,
      move: (work) => {
        places.move(work, topic, partition, next);
        if (resumption !== undefined && left !== undefined) moveResumption(work, resumption, left);
      },
      ours: () => Promise.resolve(isRunning() && !isStale()),
      beat: () => heartbeat(),
    });
    if (!taken) return notTaken;
    offsets.note(topic, partition, next);
    if (resumption !== undefined && left !== undefined) places.resumed(topic, partition, resumption, left);
    if (left === null) return String(next);
    resolveOffset(last.offset);
    places.passed(topic, partition, last.offset);
    return null;
  }
}

/** The messages were not handled: the partition belongs to another member, or the bus stops. */
const notTaken = 'not taken';

function decode(message: KafkaMessage, topic: string, partition: number): PublicMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    // Other programs may write a header without a value, for which kafkajs has no type.
    const [first] = (Array.isArray(value) ? value : [value]) as readonly (Buffer | string | null | undefined)[];
    if (first !== undefined && first !== null) headers[name] = first.toString();
  }
  const at = {
    topic,
    key: message.key?.toString() ?? '',
    log: `${topic}/${partition}`,
    place: Number(message.offset),
    fallbackId: () => uuidv5(`${topic}/${partition}/${message.offset}`),
  };
  return fromHeaders(at, headers satisfies EventHeaders, message.value?.toString() ?? '');
}
