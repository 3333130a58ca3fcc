import type { Work } from '#libs/event-store/work.js';
import { nameIn, type InboxState, type Line, type LineName, type Move } from './consumer/consumer-state.js';
import { busPromise } from './event-bus.contract.js';
import type { ParkedMessage } from './event-bus.port.js';
import { MemoryBroker, MemoryWork } from './memory/memory-bus.js';
import { memorySubject, type MemorySubject } from './memory/memory-bus.fixtures.js';
import { MemoryConsumerState } from './memory/memory-consumer-state.js';
import type { PublicMessage } from './message.js';

const timeoutMs = 1_000;

async function expectBroken(subject: MemorySubject, name: string, words: string | RegExp): Promise<void> {
  try {
    await expect(busPromise(name).run(subject)).rejects.toThrow(words);
  } finally {
    await subject.close();
  }
}

describe('a broken bus is found to be so by name:', () => {
  it('one without an inbox', async () => {
    class NoInbox extends MemoryConsumerState {
      override advance(): void {
        // Nothing is remembered.
      }
    }
    await expectBroken(
      memorySubject({ state: new NoInbox(), timeoutMs }),
      'a restated topic gives a new consumer the newest of each key, whatever copies lie around',
      'only ever get newer',
    );
  });

  it('one that moves its inbox after the commit of the effects, not with it', async () => {
    class LateInbox extends MemoryConsumerState {
      private late: MemoryWork | undefined;

      override advance(work: Work, consumer: string, moves: readonly Move[]): void {
        void this.late?.commit().catch(() => undefined);
        this.late = new MemoryWork();
        super.advance(this.late, consumer, moves);
      }
    }
    await expectBroken(
      memorySubject({ state: new LateInbox(), timeoutMs }),
      'redelivery changes nothing',
      'effects of ada',
    );
  });

  it('one that commits its offset before the effect', async () => {
    const subject = memorySubject({
      timeoutMs,
      subscribed: (subscription, broker) => ({
        ...subscription,
        handle: async (batch, work) => {
          const [topic = ''] = subscription.topics;
          broker.places.set(nameIn(subscription.group, topic), broker.log(topic).length);
          await subscription.handle(batch, work);
        },
      }),
    });
    await expectBroken(
      subject,
      'a member that stops before its effects are committed leaves the messages to the next',
      /waiting for \d, got \[\]/,
    );
  });

  it('one that parks a message and lets its key go on', async () => {
    class KeylessParking extends MemoryConsumerState {
      override async look(
        consumer: string,
        messages: readonly PublicMessage[],
        lines: readonly LineName[],
      ): Promise<InboxState> {
        return { ...(await super.look(consumer, messages, lines)), lines: new Map() };
      }
    }
    await expectBroken(
      memorySubject({ state: new KeylessParking(), timeoutMs }),
      'a poison message is parked with its key while the others flow, and can be replayed',
      /waiting for 1|still \d lines parked|effects while parked/,
    );
  });

  it('one that forgets to give a poison message up', async () => {
    class NoParking extends MemoryConsumerState {
      override park(): void {
        // Counted as handled.
      }
    }
    await expectBroken(
      memorySubject({ state: new NoParking(), timeoutMs }),
      'a poison message is parked with its key while the others flow, and can be replayed',
      'still 0 lines parked',
    );
  });

  it('one that passes over what it does not know', async () => {
    const subject = memorySubject({
      timeoutMs,
      subscribed: ({ types, ...subscription }) => ({
        ...subscription,
        handle: (batch, work) =>
          subscription.handle(
            batch.filter(({ type }) => types === undefined || types.has(type)),
            work,
          ),
      }),
    });
    await expectBroken(
      subject,
      'a message of a type the consumer does not know waits for a version that does',
      'still',
    );
  });

  it('one that orders its log by text', async () => {
    class TextOrder extends MemoryBroker {
      override log(topic: string): PublicMessage[] {
        const log = super.log(topic);
        return Object.assign(
          [...log.keys()].sort((a, b) => (String(a) < String(b) ? -1 : 1)).flatMap((i) => log[i] ?? []),
          {
            push: (...more: PublicMessage[]) => log.push(...more),
          },
        );
      }
    }
    await expectBroken(memorySubject({ broker: new TextOrder(), timeoutMs }), 'order holds per key', /ada|grace|linus/);
  });

  it('one that takes a conflict for a poison message', async () => {
    const subject = memorySubject({
      timeoutMs,
      subscribed: (subscription) => ({
        ...subscription,
        handle: (batch, work) =>
          subscription.handle(batch, work).catch((error: unknown) => {
            throw new Error('anything is poison', { cause: String(error) });
          }),
      }),
    });
    await expectBroken(subject, 'outages and conflicts are repeated and park nothing', /waiting for 2/);
  });

  it('one that dismisses a message as often as it is told to', async () => {
    class Forgiving extends MemoryConsumerState {
      override leave(work: Work, consumer: string, line: Line, ids: readonly string[]): void {
        const later = new MemoryWork();
        super.leave(later, consumer, line, ids);
        work.onCommitted(() => void later.commit().catch(() => undefined));
      }
    }
    await expectBroken(
      memorySubject({ state: new Forgiving(), timeoutMs }),
      'a dismissal holds together with what is staged beside it, once',
      'dismissals: expected',
    );
  });

  it('one that counts the first of a line among those that wait', async () => {
    class Miscounting extends MemoryConsumerState {
      override async parked(...asked: Parameters<MemoryConsumerState['parked']>): Promise<readonly ParkedMessage[]> {
        return (await super.parked(...asked)).map((one) => ({ ...one, waiting: one.waiting + 1 }));
      }
    }
    await expectBroken(
      memorySubject({ state: new Miscounting(), timeoutMs }),
      'what is parked can be listed line by line and found by its id',
      'still 2 lines parked and 6 messages behind them',
    );
  });
});
