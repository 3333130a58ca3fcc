import { ConcurrencyConflict } from './conflict.js';
import type { Causation, Fact, RecordedFact } from './core.js';
import type { Database, Tx } from './database.js';
import { beginning, type EventStore, type LogPosition } from './event-store.js';

/** What a store under test offers; a broken variant replaces one of these. */
export interface StoreSubject {
  readonly db: Database;
  readonly store: EventStore;
  /** Runs statements in one transaction. */
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** The next page in global order. */
  readonly read: (after: LogPosition, limit: number) => ReturnType<EventStore['read']>;
}

export interface StorePromise {
  readonly name: string;
  /** Rejects when the promise is broken. `scope` keeps streams of one run apart. */
  readonly run: (subject: StoreSubject, scope: string) => Promise<void>;
}

type Noted = Fact<'Noted', 1, { n: number }>;
const noted = (n: number): Noted => ({ type: 'Noted', v: 1, data: { n } });
const causation: Causation = {
  actor: 'service/test',
  correlationId: '0198c0de-0000-7000-8000-000000000001',
  causationId: null,
};

/** The guarantees of every implementation of the store. Each has a name, so that a failure names the broken guarantee. */
export const storePromises: readonly StorePromise[] = [
  {
    name: 'concurrent writers on one stream never both win',
    run: async ({ store }, scope) => {
      const stream = `${scope}-contended`;
      // Fewer than connections: nobody has to wait for one, however busy the machine is.
      const writers = Array.from({ length: 5 }, async (_, writer) => {
        let won = 0;
        while (won < 20) {
          const version = (await store.load([stream])).get(stream)?.length ?? 0;
          const work = store.work();
          work.append(stream, version, [noted(writer)], causation);
          try {
            await work.commit();
            won += 1;
          } catch (error) {
            if (!(error instanceof ConcurrencyConflict)) throw error;
          }
        }
      });
      await Promise.all(writers);
      const facts = (await store.load([stream])).get(stream) ?? [];
      same(
        facts.map((f) => f.version),
        Array.from({ length: 100 }, (_, i) => i + 1),
        'versions',
      );
    },
  },
  {
    name: 'a reader following while transactions commit out of order misses and repeats nothing',
    run: async ({ store, transaction, read }, scope) => {
      const writers = 8;
      const each = 25;
      let writing = true;
      const seen: RecordedFact[] = [];
      const reader = (async () => {
        let place = beginning;
        for (;;) {
          const over = !writing;
          const page = await read(place, 10);
          seen.push(...page.facts.filter((f) => f.stream.startsWith(`${scope}-out-`)));
          place = page.next;
          if (page.then === 'end' && over) return;
        }
      })();
      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          for (let n = 0; n < each; n += 1) {
            await transaction(async (tx) => {
              const work = store.work();
              work.append(`${scope}-out-${writer}-${n}`, 0, [noted(n)], causation);
              await work.commit(tx);
              // It stays open while others commit, so that later transactions become visible first.
              for (let turn = 0; turn < (writer * 7 + n) % 5; turn += 1) await tx.query('select pg_sleep(0.001)');
            });
          }
        }),
      );
      writing = false;
      await reader;
      same(seen.length, writers * each, 'facts read');
      same(new Set(seen.map((f) => f.id)).size, writers * each, 'different facts read');
    },
  },
  {
    name: 'a stream is read in the order of its versions, whatever its writers read and wrote before',
    run: async ({ store, transaction, read }, scope) => {
      const stream = `${scope}-inverted`;
      let first = true;
      await transaction(async (tx) => {
        const early = store.work();
        early.append(`${scope}-early-${first ? 'a' : 'b'}`, 0, [noted(0)], causation);
        await early.commit(tx);
        if (first) {
          first = false;
          const between = store.work();
          between.append(stream, 0, [noted(1)], causation);
          await between.commit();
        }
        const late = store.work();
        late.append(stream, 1, [noted(2)], causation);
        await late.commit(tx);
      });
      const versions: number[] = [];
      let place = beginning;
      for (;;) {
        const page = await read(place, 500);
        versions.push(...page.facts.filter((f) => f.stream === stream).map((f) => f.version));
        place = page.next;
        if (page.then === 'end') break;
      }
      same(versions, [1, 2], 'versions as read');
    },
  },
  {
    name: 'an open transaction hides what comes after it, and loses none of it',
    run: async ({ store, transaction, read }, scope) => {
      let place = beginning;
      for (;;) {
        const page = await read(place, 500);
        place = page.next;
        if (page.then === 'end') break;
      }
      await transaction(async (tx) => {
        const held = store.work();
        held.append(`${scope}-held`, 0, [noted(1)], causation);
        await held.commit(tx);
        const later = store.work();
        later.append(`${scope}-later`, 0, [noted(2)], causation);
        await later.commit();
        const page = await read(place, 500);
        same(
          page.facts.map((f) => f.stream),
          [],
          'read while a transaction is open',
        );
        same(page.then, 'soon', 'the reader is told to come back soon');
      });
      const page = await read(place, 500);
      same(
        page.facts.map((f) => f.stream),
        [`${scope}-held`, `${scope}-later`],
        'read afterwards',
      );
    },
  },
];

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}
