import type { Work } from '#libs/event-store/work.js';
import type { Page } from '../consumer/consumer.js';
import { aMessage } from '../message.fixtures.js';
import type { PublicMessage } from '../message.js';
import { KafkaPages, type PartOfPage } from './kafka-pages.js';

const messages = (key: string, count: number): PublicMessage[] =>
  Array.from({ length: count }, (_, n) => aMessage({ key, sequence: n + 1 }));

/** A consumer that notes its pages; the first of them ends when told to. */
function noting(fails: (page: readonly string[]) => boolean = () => false): {
  pages: string[][];
  transports: Page[];
  take: (page: readonly PublicMessage[], transport: Page) => Promise<boolean>;
} {
  const pages: string[][] = [];
  const transports: Page[] = [];
  return {
    pages,
    transports,
    take: (page, transport) => {
      const said = page.map(({ key, sequence }) => `${key} ${sequence}`);
      pages.push(said);
      transports.push(transport);
      return fails(said) ? Promise.reject(new Error('no')) : Promise.resolve(true);
    },
  };
}

const part = (key: string, count: number, over: Partial<PartOfPage> = {}): PartOfPage => ({
  messages: messages(key, count),
  move: () => undefined,
  ours: () => Promise.resolve(true),
  beat: () => Promise.resolve(),
  ...over,
});

describe('batches of several partitions', () => {
  it('given at the same time, they are one page, in order within each partition', async () => {
    const consumer = noting();
    const pages = new KafkaPages(consumer, 10);
    expect(await Promise.all([pages.take(part('a', 2)), pages.take(part('b', 1))])).toEqual([true, true]);
    expect(consumer.pages).toEqual([['a 1', 'a 2', 'b 1']]);
  });

  it('given more than a page takes, the rest is the next page; a batch is never divided', async () => {
    const consumer = noting();
    const pages = new KafkaPages(consumer, 3);
    await Promise.all(['a', 'b', 'c', 'd'].map((key, n) => pages.take(part(key, n === 3 ? 5 : 2))));
    expect(consumer.pages.map((page) => page.length)).toEqual([2, 2, 2, 5]);
  });

  it('given a page that fails, its batches fail, and the next page is handled', async () => {
    const consumer = noting((page) => page.includes('a 1'));
    const pages = new KafkaPages(consumer, 2);
    const [a, b] = await Promise.allSettled([pages.take(part('a', 2)), pages.take(part('b', 2))]);
    expect([a?.status, b?.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('moves all positions with the page, and is the reader of it only as long as it is of each', async () => {
    const consumer = noting();
    const pages = new KafkaPages(consumer, 10);
    const moved: string[] = [];
    let theirs = false;
    const parts = ['a', 'b'].map((key) =>
      part(key, 1, { move: () => void moved.push(key), ours: () => Promise.resolve(key === 'a' || !theirs) }),
    );
    await Promise.all(parts.map((one) => pages.take(one)));
    const [transport] = consumer.transports;
    transport?.move(null as unknown as Work);
    expect(moved).toEqual(['a', 'b']);
    expect(await transport?.ours()).toBe(true);
    theirs = true;
    expect(await transport?.ours()).toBe(false);
  });
});
