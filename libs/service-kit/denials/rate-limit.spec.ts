import { RateLimit } from './rate-limit.js';

describe('a rate limit', () => {
  it('lets some of a kind through in a window, and tells the next how many it held back', () => {
    let now = 0;
    const limit = new RateLimit(2, 1_000, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, null, null]);
    expect(limit.take('b')).toBe(0);
    now = 1_000;
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([2, 0, null]);
  });

  it('keeps no more than so many kinds: further ones share one', () => {
    const limit = new RateLimit(1, 1_000, () => 0);
    const through = Array.from({ length: 5_000 }, (_, at) => limit.take(`kind ${at}`)).filter(
      (taken) => taken !== null,
    );
    expect(through).toHaveLength(1_001);
  });
});
