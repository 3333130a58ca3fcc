import type { Work } from '#libs/event-store/work.js';
import type { PublicMessage } from './message.js';

/** One interest in the bus, under a group name whose place and inbox survive restarts. */
export interface Subscription {
  /** `<service>` or `<service>.<what>`; the consumer group in Kafka and the consumer's name in the inbox. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Largest batch handed to `handle`; 200 unless given. */
  readonly maxBatch?: number;
  /** Keep every event id instead of the highest sequence (audit). The handler then dedupes by id itself. */
  readonly inbox?: 'sequence' | 'none';
  /**
   * Types of message this version of the consumer understands; all unless given. Another one is parked at once, never passed
   * over: a version that knows it can be told to replay it.
   */
  readonly types?: ReadonlySet<string>;
  /** Milliseconds the group may linger under load to gather larger pages; 0 unless given. */
  readonly lingerMs?: number;
  /**
   * Stages every effect of the batch into `work`, which the bus commits together with inbox and place. Called with
   * messages in order per key, none of them seen before. It may be called again for the same messages when the commit
   * did not happen, alone or in smaller batches: effects go into `work` only. Throwing parks a message in the end
   * (five failures of its own); outages and conflicts are retried and park nothing.
   */
  handle(batch: readonly PublicMessage[], work: Work): Promise<void>;
}

/** A message that failed five times on its own, or waits behind one that did. */
export interface ParkedMessage {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  readonly parkedAt: string;
  /** True for the message that failed, false for those that wait behind it. */
  readonly poison: boolean;
}

/** The one port of the event flow. Implementations: Postgres, Kafka, in memory; one contract suite proves all three. */
export abstract class EventBus {
  /** Publishes now, durably: resolves when the transport has them. For restatements and the Kafka relay. */
  abstract publish(messages: readonly PublicMessage[]): Promise<void>;
  /** Registers a subscription; before `start`. */
  abstract subscribe(subscription: Subscription): void;
  abstract start(): Promise<void>;
  /** Stops consuming, waits for what is under way; nothing is lost by not calling it. */
  abstract stop(): Promise<void>;
  /**
   * Messages of a topic that a group, of whatever service, has not taken yet, counted up to `atMost`; 0 for a group that
   * never took one. For who writes much and must not bury what others wait for.
   */
  abstract behind(group: string, topic: string, atMost: number): Promise<number>;
  abstract parked(group: string): Promise<readonly ParkedMessage[]>;
  /** Handles a parked message and those of its key behind it, in order, under a lock on the key. */
  abstract replay(group: string, messageId: string): Promise<'replayed' | 'parked-again' | 'unknown'>;
  abstract dismiss(group: string, messageId: string): Promise<'dismissed' | 'unknown'>;
}
