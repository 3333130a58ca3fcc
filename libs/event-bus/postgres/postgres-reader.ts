import { isOutage } from '#libs/event-store/conflict.js';
import type { Database } from '#libs/event-store/database.js';
import type { Consumer } from '../consumer/consumer.js';
import { PositionGone, positionGoneMs } from '../consumer/position-gone.js';
import { readTopics, type TopicPage } from './postgres-topics.js';
import { keepBeginnings, movePositions, readPositions, type TopicPosition } from './topic-positions.js';
import type { RecentMessages } from './recent-messages.js';
import type { UrgentRows } from '../urgent/urgent-rows.js';
import { moveResumption, readResumptions } from '../consumer/resumption-rows.js';
import { sift, type Resumption } from '../consumer/resumption.js';
import type { Subscription } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';
import { positionFrom } from './postgres-resumptions.js';
import { Wakeable } from '#libs/event-store/wakeable.js';

export interface ReaderOptions {
  readonly db: Database;
  readonly consumer: Consumer;
  /** Removes urgent copies of messages that arrived the ordinary way. */
  readonly urgent: UrgentRows;
  /** Messages that this process has stored. */
  readonly recent: RecentMessages;
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
    await keepBeginnings(db, group, topics);
    let places = await readPositions(db, group, topics);
    const resuming = new Map((await readResumptions(db, [group])).map((one) => [one.topic, one]));
    let soonFor: number = soonMs.first;
    let busyTopics = 1;
    while (!signal.aborted) {
      this.pauses.listen();
      const page = await readTopics(db, places, { limit: maxBatch, busyTopics }, this.options.recent);
      if (page.gone !== null) throw new PositionGone(group, page.gone);
      busyTopics = page.more;
      if (page.messages.length > 0) {
        if (!(await this.take(page, places, resuming))) return;
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

  /** False if the page was not taken, or if positions changed in another way than past this page. */
  private async take(
    page: TopicPage,
    from: readonly TopicPosition[],
    resuming: Map<string, Resumption>,
  ): Promise<boolean> {
    const { db, consumer, urgent } = this.options;
    const { group, topics } = consumer.subscription;
    const { messages, next, moves } = siftPage(page, resuming, consumer.subscription.trusts);
    const taken = await consumer.take(messages, {
      move: (work) => {
        movePositions(work, group, from, next);
        for (const { was, left } of moves) moveResumption(work, was, left);
        if (consumer.subscription.urgent === true) urgent.overtaken(work, group, messages);
      },
      ours: async () => samePositions(await readPositions(db, group, topics), from),
      beat: () => Promise.resolve(),
    });
    return taken && moves.every(({ was, left }) => left === was);
  }
}

interface ResumptionMove {
  readonly was: Resumption;
  readonly left: Resumption | null;
}

/** What to take of a page, topic by topic, and the positions after it: a resumption that is over goes back. */
function siftPage(
  page: TopicPage,
  resuming: ReadonlyMap<string, Resumption>,
  trusts: Subscription['trusts'],
): { messages: readonly PublicMessage[]; next: readonly TopicPosition[]; moves: readonly ResumptionMove[] } {
  if (resuming.size === 0) return { messages: sift(page.messages, undefined, trusts).take, next: page.next, moves: [] };
  const moves: ResumptionMove[] = [];
  const messages = [...Map.groupBy(page.messages, ({ topic }) => topic)].flatMap(([topic, some]) => {
    const was = resuming.get(topic);
    const { take, left } = sift(some, was, trusts);
    if (was !== undefined && left !== undefined) moves.push({ was, left });
    return take;
  });
  const over = new Map(moves.flatMap(({ was, left }) => (left === null ? [[was.topic, positionFrom(was)]] : [])));
  return { messages, next: page.next.map((place) => over.get(place.topic) ?? place), moves };
}

function samePositions(a: readonly TopicPosition[], b: readonly TopicPosition[]): boolean {
  return a.every((place, index) => {
    const other = b[index];
    return other !== undefined && place.tx === other.tx && place.position === other.position;
  });
}
