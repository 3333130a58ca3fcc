import type { Priority } from '../../accounts/desired-work.store.js';
import { Lanes } from './lanes.process.js';

/** Calls that end when told to, and the order in which they began. */
function calls(lanes: Lanes) {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    began,
    begin: (name: string, priority: Priority) =>
      void lanes.run(priority, () => {
        began.push(name);
        return new Promise<void>((end) => ends.set(name, end));
      }),
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise((done) => setImmediate(done));
    },
  };
}

describe('lanes', () => {
  it('let only so many calls run at a time', () => {
    const { begin, began } = calls(new Lanes(2));
    for (const name of ['a', 'b', 'c']) begin(name, 1);
    expect(began).toEqual(['a', 'b']);
  });

  it('let removals of access overtake those who wait', async () => {
    const { begin, began, end } = calls(new Lanes(1));
    for (const name of ['a', 'b', 'c']) begin(name, 1);
    begin('leaver', 0);
    await end('a');
    expect(began).toEqual(['a', 'leaver']);
  });

  it('let work that somebody waits for overtake a file of people', async () => {
    const { begin, began, end } = calls(new Lanes(1));
    for (const name of ['a', 'b', 'c']) begin(name, 2);
    begin('hire', 1);
    await end('a');
    await end('hire');
    expect(began).toEqual(['a', 'hire', 'b']);
  });

  it('let none wait without end: a file of people goes on while leavers go on coming', async () => {
    const { begin, began, end } = calls(new Lanes(1));
    begin('l0', 0);
    begin('file', 2);
    for (let n = 1; n <= 16; n += 1) {
      begin(`l${n}`, 0);
      await end(began.at(-1) ?? '');
    }
    expect(began.indexOf('file')).toBe(8);
  });

  it('halve after a refusal for load, and not below four', async () => {
    const lanes = new Lanes(32);
    lanes.overloaded();
    lanes.overloaded();
    lanes.overloaded();
    const { begin, began } = calls(lanes);
    for (const name of 'abcdefgh') begin(name, 1);
    expect(began).toHaveLength(4);
    await Promise.resolve();
  });

  it('grow by one after a run of good answers', () => {
    const lanes = new Lanes(32);
    for (let n = 0; n < 20; n += 1) lanes.succeeded();
    const { begin, began } = calls(lanes);
    for (let n = 0; n < 40; n += 1) begin(String(n), 1);
    expect(began).toHaveLength(17);
  });
});
