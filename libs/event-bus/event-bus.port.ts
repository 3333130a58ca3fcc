import type { Work } from '#libs/event-store/work.js';
import type { PublicMessage } from './message.js';

/** One subscription, with a group name whose position and inbox survive restarts. */
export interface Subscription {
  /** `<service>` or `<service>.<what>`; the consumer group in Kafka and the consumer's name in the inbox. */
  readonly group: string;
  readonly topics: readonly string[];
  /** May the source of a message write to its topic? One that may not is parked. The bus of a service sets it. */
  trusts?(this: void, message: PublicMessage): boolean;
  /** Largest batch handed to `handle`; 200 unless given. */
  readonly maxBatch?: number;
  /** Keep every event id instead of the highest sequence (audit). The handler then dedupes by id itself. */
  readonly inbox?: 'sequence' | 'none';
  /**
   * Types of message that this version of the consumer understands; all unless given. Others are parked at once, and
   * never skipped: a version that knows them can replay them.
   */
  readonly types?: ReadonlySet<string>;
  /** Milliseconds the group may linger under load to gather larger pages; 0 unless given. */
  readonly lingerMs?: number;
  /** Also receives urgent messages through the path that does not wait for open transactions. */
  readonly urgent?: boolean;
  /**
   * Stages every effect of the batch into `work`, which the bus commits together with inbox and place. Called with
   * messages in order per key, none of them seen before. It may be called again for the same messages when the commit
   * did not happen, alone or in smaller batches: effects go into `work` only. Throwing parks a message in the end
   * (five failures of its own); outages and conflicts are retried and park nothing.
   */
  handle(batch: readonly PublicMessage[], work: Work): Promise<void>;
  /**
   * Stages the substitute of a message that would be parked: it cannot be read, or handling it alone has failed five
   * times. The message is parked only if this fails, too. For a consumer whose later messages must not wait.
   * @param reason why it cannot be handled; may quote the message
   */
  substitute?(message: PublicMessage, reason: string, work: Work): Promise<void>;
}

/** A message that could not be handled, or waits for such a message. Without its body. */
export interface ParkedMessage {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly source: string;
  readonly sequence: number;
  readonly epoch: number;
  /** What is parked together, in order: the messages of one key, or on state-carried topics of one source. */
  readonly line: string;
  /** Why it was parked, or how its last replay failed. */
  readonly reason: string;
  /** How often handling it failed; 0 while it only waits. */
  readonly failures: number;
  /** ISO 8601 instant, UTC. */
  readonly parkedAt: string;
  /** True for the message that failed, false for those that wait for it. */
  readonly poison: boolean;
  /** Later messages of its line. */
  readonly waiting: number;
}

/** Place of a line in the order of all lines. */
export type ParkedCursor = Pick<ParkedMessage, 'group' | 'topic' | 'line'>;

/** The message at which a line stopped. */
export interface StillFailing {
  readonly id: string;
  readonly reason: string;
}

/** The outcome for a parked message, and where its line stopped; null if the whole line was handled. */
export interface Released<Outcome extends string> {
  readonly outcome: Outcome;
  readonly stuck: StillFailing | null;
}

/** What the groups of one bus have parked. The same on every transport. */
export interface ParkedMessageStore {
  /**
   * The first message of each line, by group, topic and line.
   * @param after the line that the page follows; null for the first page
   */
  list(limit: number, after: ParkedCursor | null): Promise<readonly ParkedMessage[]>;
  /** A parked message, once for each group of this bus that has it parked. */
  find(messageId: string): Promise<readonly ParkedMessage[]>;
  /**
   * Handles the line of a parked message from its beginning, in order, as far as it goes. `parked-again`: the message
   * itself is still parked. @throws ConcurrencyConflict when the line keeps growing meanwhile
   */
  replay(group: string, messageId: string): Promise<Released<'replayed' | 'parked-again' | 'unknown'>>;
  /**
   * Removes a parked message finally; the messages that waited for it continue.
   * @param also stages further changes into the same work; called again after a conflict
   */
  dismiss(group: string, messageId: string, also?: (work: Work) => void): Promise<Released<'dismissed' | 'unknown'>>;
}

/** How long the oldest message or fact that a reader has not handled has waited; 0 for none. */
export interface Lag {
  /** A group of this bus, or `relay`, which publishes this service's facts to the brokers. */
  readonly reader: string;
  /** Null for the relay. */
  readonly topic: string | null;
  readonly seconds: number;
  /** Messages were deleted before the reader had them: it handles nothing more until its position is set again. */
  readonly gone?: boolean;
}

/** Where a reader of this bus stands on one topic. */
export interface ReaderPosition {
  readonly group: string;
  readonly topic: string;
  /** `gone`: stopped until an operator resumes it; `resuming`: it takes what is published again for it. */
  readonly state: 'reading' | 'gone' | 'resuming';
  /** Of a reader that resumes. */
  readonly resumption: Resuming | null;
}

/** What a reader that resumes needs. */
export interface Resuming {
  readonly id: string;
  /** ISO 8601 instant, UTC: what was recorded since then must be published again. */
  readonly since: string;
  /** Services that have not published everything again yet. */
  readonly waitsFor: readonly string[];
}

/** What a service publishes again for readers that resume. */
export interface RepublicationFor {
  /** Of the resumption. */
  readonly id: string;
  readonly topic: string;
  /** ISO 8601 */
  readonly from: string;
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
   * The lag of a group of any service on a topic: the number of messages that it has not handled, counted up to
   * `atMost`; 0 for a group that never handled one. An import uses it to stay only a little ahead.
   */
  abstract lag(group: string, topic: string, atMost: number): Promise<number>;
  /**
   * Publishes the messages of the service's facts since an instant again, in order. They are the same messages:
   * consumers that know them drop them. Resolves when this has started.
   * @param from ISO 8601
   */
  abstract republish(from: string): Promise<void>;
  /**
   * Publishes the messages of this service on a topic since an instant again, for readers that resume. All other readers
   * drop them. Resolves when this has started.
   */
  abstract republishFor(resumption: RepublicationFor): Promise<void>;
  /** The positions of this bus's own readers. Rejects while the transport cannot be reached. */
  abstract positions(): Promise<readonly ReaderPosition[]>;
  /**
   * Resumes the readers whose position is lost: each takes what is published again for it, then what it has not read.
   * @param id UUID of the resumption
   * @param also stages further changes into the same work; not called when no position is lost
   * @returns the positions that resume, also those that did already
   */
  abstract resume(
    id: string,
    also: (work: Work, begun: readonly ReaderPosition[]) => void,
  ): Promise<readonly ReaderPosition[]>;
  /** The lag of this bus's own readers. Rejects while the transport cannot be reached. */
  abstract lags(): Promise<readonly Lag[]>;
  /** True if the brokers answered the last check; null without brokers, or before the first answer. */
  brokerConnected(): boolean | null {
    return null;
  }
  /** What could not be handled. */
  abstract readonly parking: ParkedMessageStore;
}
