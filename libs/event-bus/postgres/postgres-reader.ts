import { isOutage } from '#libs/event-store/conflict.js';
import type { Database } from '#libs/event-store/database.js';
import type { Consumer } from '../consumer/consumer.js';
import { PlaceGone, placeGoneMs } from '../consumer/place-gone.js';
import { movePlaces, readPlaces, readTopics, type TopicPlace } from './postgres-topics.js';
import type { UrgentRows } from '../urgent/urgent-rows.js';
import { Wakeable } from '#libs/event-store/wakeable.js';

export interface ReaderOptions {
  readonly db: Database;
  readonly consumer: Consumer;
  /** What comes by the ordinary way need not come by the urgent one. */
  readonly urgent: UrgentRows;
  readonly signal: AbortSignal;
  readonly onError: (what: string, error: unknown) => void;
}

/** Safety net beside the doorbell. */
const pollMs = 500;
/** A message written but not yet visible becomes so when an older transaction ends: usually at once, sometimes not. */
const soonMs = { first: 1, last: 25 } as const;
const retryMs = 250;
/** A page of so many messages tells of load. */
const crowded = 20;
const defaultBatch = 200;

export const bellOf = (topic: string): string => `bus.${topic}`;

/** Reads the topics of one subscription for its consumer, page by page, from the place kept in the service's schema. */
export class PostgresReader {
  private readonly pauses: Wakeable;

  constructor(private readonly options: ReaderOptions) {
    this.pauses = new Wakeable(options.signal);
  }

  async run(): Promise<void> {
    const { db, consumer, signal } = this.options;
    const off = consumer.subscription.topics.map((topic) => db.doorbell.on(bellOf(topic), () => this.pauses.wake()));
    try {
      while (!signal.aborted) {
        try {
          await this.follow();
        } catch (error) {
          if (!isOutage(error)) this.options.onError(`${consumer.subscription.group}: reading failed`, error);
          await this.pauses.sleep(error instanceof PlaceGone ? placeGoneMs : retryMs);
        }
      }
    } finally {
      for (const end of off) end();
    }
  }

  /** Reads on from the stored place until the bus stops or another member has moved it. */
  private async follow(): Promise<void> {
    const { db, consumer, urgent, signal } = this.options;
    const { group, topics, maxBatch = defaultBatch, lingerMs = 0 } = consumer.subscription;
    let places = await readPlaces(db, group, topics);
    let soonFor: number = soonMs.first;
    let hungry = 1;
    while (!signal.aborted) {
      this.pauses.listen();
      const page = await readTopics(db, places, maxBatch, hungry);
      if (page.gone !== null) throw new PlaceGone(group, page.gone);
      hungry = page.more;
      if (page.messages.length > 0) {
        const from = places;
        const taken = await consumer.take(page.messages, {
          move: (work) => {
            movePlaces(work, group, from, page.next);
            if (consumer.subscription.urgent === true) urgent.overtaken(work, group, page.messages);
          },
          ours: async () => samePlaces(await readPlaces(db, group, topics), from),
          beat: () => Promise.resolve(),
        });
        if (!taken) return;
        places = from.map((place) => page.next.find(({ topic }) => topic === place.topic) ?? place);
        soonFor = soonMs.first;
      }
      if (page.more > 0) continue;
      if (page.soon) {
        await this.pauses.sleep(soonFor);
        soonFor = Math.min(soonMs.last, soonFor * 2);
      } else if (page.messages.length >= crowded && lingerMs > 0) await this.pauses.sleep(lingerMs);
      else await this.pauses.rest(pollMs);
    }
  }
}

function samePlaces(a: readonly TopicPlace[], b: readonly TopicPlace[]): boolean {
  return a.every((place, index) => {
    const other = b[index];
    return other !== undefined && place.tx === other.tx && place.position === other.position;
  });
}
