import type { Work } from '#libs/event-store/work.js';
import type { ParkedCursor, ParkedMessage } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';

/** How far a consumer has come in one source stream. Compared epoch first. */
export interface Progress {
  readonly epoch: number;
  readonly sequence: number;
}

export const isAfter = (a: Progress, b: Progress): boolean =>
  a.epoch === b.epoch ? a.sequence > b.sequence : a.epoch > b.epoch;

/** A move of the inbox in one source stream: from the sequence that was read to the newest of the batch. */
export interface Move {
  readonly topic: string;
  readonly source: string;
  /** Null for an unknown stream. */
  readonly from: Progress | null;
  readonly to: Progress;
}

/** A line of parked messages grows, or is replaced by a newer message of its state-carried source. */
export interface LineChange {
  readonly topic: string;
  /** The key; on state-carried topics the source. */
  readonly line: string;
  /** Length as read; 0 when there is no line yet. */
  readonly from: number;
  /** True if later state makes the parked messages obsolete: they are deleted. */
  readonly supersede: boolean;
  readonly add: readonly ToPark[];
}

export interface ToPark {
  readonly message: PublicMessage;
  readonly poison: boolean;
  readonly reason: string;
  /** Failures so far; 0 for one that waits. */
  readonly failures: number;
}

/** What a consumer knows about the messages of a batch, read in one go. */
export interface InboxState {
  /** By {@link nameIn} of topic and source. */
  readonly progress: ReadonlyMap<string, Progress>;
  /** Length of each line of parked messages, by {@link nameIn} of topic and line. */
  readonly lines: ReadonlyMap<string, number>;
  /** Ids of messages of the batch that are parked. */
  readonly parked: ReadonlySet<string>;
}

export interface Line {
  readonly topic: string;
  readonly line: string;
  readonly length: number;
  /** Oldest first; at most as many as asked for. */
  readonly entries: readonly LineEntry[];
}

export interface LineEntry {
  /** The id under which it was parked. It is not the id of the message if only a later version can read that id. */
  readonly id: string;
  readonly message: PublicMessage;
}

export const nameIn = (topic: string, name: string): string => `${topic}\n${name}`;

/**
 * Inbox and parked messages of one service's consumers. Each staged change is also a condition: if another process
 * moved the same stream or changed the same line since the reading, the work fails with `ConcurrencyConflict`. So two
 * members with the same messages can never both commit their effects.
 */
export abstract class ConsumerState {
  /**
   * One read, whatever the number of messages, and another one for a consumer with parked messages.
   * @param lines the line of each message
   * @param inbox `none`: progress is not asked for
   */
  abstract look(
    consumer: string,
    messages: readonly PublicMessage[],
    lines: readonly LineName[],
    inbox: 'sequence' | 'none',
  ): Promise<InboxState>;
  abstract advance(work: Work, consumer: string, moves: readonly Move[]): void;
  abstract park(work: Work, consumer: string, changes: readonly LineChange[]): void;
  /** The first message of each line of these consumers, by consumer, topic and line, after a line. */
  abstract parked(
    consumers: readonly string[],
    limit: number,
    after: ParkedCursor | null,
  ): Promise<readonly ParkedMessage[]>;
  /** A parked message, once for each of these consumers that has it parked. */
  abstract find(consumers: readonly string[], id: string): Promise<readonly ParkedMessage[]>;
  /** The line of a parked message; null if it is not parked. */
  abstract lineOf(consumer: string, id: string): Promise<LineName | null>;
  /** A line and its first messages; null if it is empty. */
  abstract line(consumer: string, name: LineName, limit: number): Promise<Line | null>;
  /** Takes messages out of their line. */
  abstract leave(work: Work, consumer: string, line: Line, ids: readonly string[]): void;
  /** Marks a parked message as the poison of its line, with one more failure. */
  abstract recordFailure(consumer: string, line: LineName, id: string, reason: string): Promise<void>;
  /**
   * Deletes, in small steps, streams without a message in the last 14 days in which their reader moved. What a reader
   * knows that stopped for longer is kept for its resumption.
   */
  abstract prune(moves: readonly LastMove[]): Promise<void>;
}

/** When a reader's position in a topic moved last, as text of the database; null if that is not known. */
export interface LastMove {
  readonly consumer: string;
  readonly topic: string;
  readonly at: string | null;
}

export interface LineName {
  readonly topic: string;
  readonly line: string;
}
