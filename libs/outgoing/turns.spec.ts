import { Turns } from './turns.js';

/** How often each level has its turn. */
function counted(levels: readonly [number, ...number[]], times: number): Record<number, number> {
  const turns = new Turns();
  const counts: Record<number, number> = {};
  for (let n = 0; n < times; n += 1) {
    const level = turns.next(levels);
    counts[level] = (counts[level] ?? 0) + 1;
  }
  return counts;
}

describe('turns', () => {
  it('go to the most urgent, and one of eight to the others in turn, so that none waits without end', () => {
    expect(counted([0, 1, 2], 80)).toEqual({ 0: 70, 1: 5, 2: 5 });
    expect(counted([0, 2], 80)).toEqual({ 0: 70, 2: 10 });
  });

  it('all go to work that alone waits', () => {
    expect(counted([2], 80)).toEqual({ 2: 80 });
  });
});
