import { topics } from '#libs/contracts/topics.js';
import { tooSlow } from '#libs/event-store/conflict.js';
import { eventually } from '../../../test/support/eventually.js';
import { busPromises } from '../event-bus.contract.js';
import { memorySubject } from './memory-bus.fixtures.js';
import { aMessage } from '../message.fixtures.js';

describe('the bus in memory', () => {
  it.each(busPromises())('promises: $name', async ({ run }) => {
    const subject = memorySubject();
    try {
      await run(subject);
    } finally {
      await subject.close();
    }
  });

  it('takes a page that is too much for the database message by message, and parks none of it', async () => {
    const subject = memorySubject({
      subscribed: ({ handle, ...subscription }) => ({
        ...subscription,
        handle: async (batch, work) => {
          if (batch.length > 1) throw Object.assign(new Error('statement timeout'), { code: tooSlow });
          await handle(batch, work);
        },
      }),
    });
    await subject.publish(['ada', 'grace', 'linus'].map((key) => aMessage({ key })));
    const bus = await subject.member({ group: 'slow', topics: [topics.decisions] });
    await eventually(async () => (await subject.effects('slow')).length === 3);
    expect(await bus.parking.list(1, null)).toEqual([]);
    await subject.close();
  });
});
