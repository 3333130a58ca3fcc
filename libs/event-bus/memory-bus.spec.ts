import { busPromises } from './event-bus.contract.js';
import { memorySubject } from './memory-bus.fixtures.js';

describe('the bus in memory', () => {
  it.each(busPromises())('promises: $name', async ({ run }) => {
    const subject = memorySubject();
    try {
      await run(subject);
    } finally {
      await subject.close();
    }
  });
});
