import { isOutage } from '#libs/event-store/conflict.js';
import type { Database } from '#libs/event-store/database.js';
import type { Consumer } from '../consumer/consumer.js';
import { PositionGone, positionGoneMs } from '../consumer/position-gone.js';
import { movePositions, readPositions, readTopics, type TopicPage, type TopicPosition } from './postgres-topics.js';
import type { UrgentRows } from '../urgent/urgent-rows.js';
import { Wakeable } from '#libs/event-store/wakeable.js';

export interface ReaderOptions {
  readonly db: Database;
  readonly consumer: Consumer;
  /** Removes urgent copies of messages that arrived the ordinary way. */
  readonly urgent: UrgentRows;
  readonly signal: AbortSignal;
  readonly onError: (what: string, error: unknown) => void;
}

/** Poll interval in case a notification is lost. */
const pollMs = 500;
/** Wait times for a message that becomes visible when an older transaction ends. */
const soonMs = { first: 1, last: 25 } as const;
const retryMs = 250;
/** A page with this many messages means load. */
const loadedFrom = 20;
const defaultBatch = 200;

export const channelOf = (topic: string): string => `bus.${topic}`;

/**
 * Reads the topics of one subscription for its consumer, page by page, from the position stored in the service's
 * schema.
 */
export class PostgresReader {
  private readonly pauses: Wakeable;

  constructor(private readonly options: ReaderOptions) {
    this.pauses = new Wakeable(options.signal);
  }

  async run(): Promise<void> {
    const { db, consumer, signal } = this.options;
    const off = consumer.subscription.topics.map((topic) => db.notifier.on(channelOf(topic), () => this.pauses.wake()));
    try {
      while (!signal.aborted) await this.follow().catch((error: unknown) => this.waitAfter(error));
    } finally {
      for (const end of off) end();
    }
  }

  private async waitAfter(error: unknown): Promise<void> {
    if (!isOutage(error)) this.options.onError(`${this.options.consumer.subscription.group}: reading failed`, error);
    await this.pauses.wait(error instanceof PositionGone ? positionGoneMs : retryMs);
  }

  /** Reads from the stored position until the bus stops or another member moves it. */
  private async follow(): Promise<void> {
    const { db, consumer, signal } = this.options;
    const { group, topics, maxBatch = defaultBatch } = consumer.subscription;
    let places = await readPositions(db, group, topics);
    let soonFor: number = soonMs.first;
    let busyTopics = 1;
    while (!signal.aborted) {
      this.pauses.listen();
      const page = await readTopics(db, places, maxBatch, busyTopics);
      if (page.gone !== null) throw new PositionGone(group, page.gone);
      busyTopics = page.more;
      if (page.messages.length > 0) {
        if (!(await this.take(page, places))) return;
        places = places.map((place) => page.next.find(({ topic }) => topic === place.topic) ?? place);
        soonFor = soonMs.first;
      }
      if (page.more > 0) continue;
      if (page.soon) {
        await this.pauses.wait(soonFor);
        soonFor = Math.min(soonMs.last, soonFor * 2);
      } else await this.pauseAtEnd(page.messages.length);
    }
  }

  /** Under load a consumer may wait a little, so that the next page is larger. */
  private async pauseAtEnd(read: number): Promise<void> {
    const { lingerMs = 0 } = this.options.consumer.subscription;
    if (read >= loadedFrom && lingerMs > 0) await this.pauses.wait(lingerMs);
    else await this.pauses.waitUnlessWoken(pollMs);
  }

  private async take(page: TopicPage, from: readonly TopicPosition[]): Promise<boolean> {
    const { db, consumer, urgent } = this.options;
    const { group, topics } = consumer.subscription;
    return await consumer.take(page.messages, {
      move: (work) => {
        movePositions(work, group, from, page.next);
        if (consumer.subscription.urgent === true) urgent.overtaken(work, group, page.messages);
      },
      ours: async () => samePositions(await readPositions(db, group, topics), from),
      beat: () => Promise.resolve(),
    });
  }
}

function samePositions(a: readonly TopicPosition[], b: readonly TopicPosition[]): boolean {
  return a.every((place, index) => {
    const other = b[index];
    return other !== undefined && place.tx === other.tx && place.position === other.position;
  });
}
