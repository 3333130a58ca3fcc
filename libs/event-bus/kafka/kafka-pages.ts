import { setImmediate } from 'node:timers/promises';
import type { Work } from '#libs/event-store/work.js';
import type { Consumer, Page } from '../consumer/consumer.js';
import type { PublicMessage } from '../message.js';

/** Messages of one partition, in order, and the functions of its batch. */
export interface PartOfPage extends Page {
  readonly messages: readonly PublicMessage[];
}

interface Waiting {
  readonly part: PartOfPage;
  readonly done: PromiseWithResolvers<boolean>;
}

/**
 * Hands the messages of several partitions to the consumer as one page: one fetch brings a few of each partition, and
 * each page costs the same reads and one commit, however large it is. Order holds within each partition, which is all
 * that Kafka promises. What arrives while a page is handled waits for the next one.
 */
export class KafkaPages {
  private waiting: Waiting[] = [];
  private handling: Promise<void> | undefined;

  /** @param maxBatch most messages of a page, as long as no single part has more */
  constructor(
    private readonly consumer: Pick<Consumer, 'take'>,
    private readonly maxBatch: number,
  ) {}

  /** True if the messages are handled; false if nothing is lost and they come again. Rejects as `Consumer.take` does. */
  take(part: PartOfPage): Promise<boolean> {
    const done = Promise.withResolvers<boolean>();
    this.waiting.push({ part, done });
    this.handling ??= this.handle().finally(() => (this.handling = undefined));
    return done.promise;
  }

  private async handle(): Promise<void> {
    // All batches of a fetch are given out at the same time.
    await setImmediate();
    while (this.waiting.length > 0) {
      const page = this.next();
      try {
        const taken = await this.consumer.take(
          page.flatMap(({ part }) => part.messages),
          asOne(page.map(({ part }) => part)),
        );
        for (const { done } of page) done.resolve(taken);
      } catch (error) {
        for (const { done } of page) done.reject(error);
      }
    }
  }

  /** Whole parts, in the order of their arrival. */
  private next(): Waiting[] {
    let messages = 0;
    const more = this.waiting.findIndex(({ part }, index) => {
      messages += part.messages.length;
      return index > 0 && messages > this.maxBatch;
    });
    const page = more === -1 ? this.waiting : this.waiting.slice(0, more);
    this.waiting = more === -1 ? [] : this.waiting.slice(more);
    return page;
  }
}

/** The page belongs to its reader as long as each part does. */
function asOne(parts: readonly PartOfPage[]): Page {
  return {
    move: (work: Work) => {
      for (const part of parts) part.move(work);
    },
    ours: async () => (await Promise.all(parts.map((part) => part.ours()))).every((ours) => ours),
    beat: async () => {
      for (const part of parts) await part.beat();
    },
  };
}
