import { SeenNumbers } from './seen-numbers.js';

describe('the numbers that a reading has seen', () => {
  it('are counted once each, wherever they lie', () => {
    const seen = new SeenNumbers();
    const numbers = [1, 2, 8, 65_535, 65_536, 4_000_000_000];
    expect(numbers.map((one) => seen.add(one))).toEqual(numbers.map(() => true));
    expect(numbers.map((one) => seen.add(one))).toEqual(numbers.map(() => false));
    expect(seen.count).toBe(numbers.length);
    expect([...numbers, 3, 9, 65_537, 9_000_000_000].map((one) => seen.has(one))).toEqual([
      ...numbers.map(() => true),
      false,
      false,
      false,
      false,
    ]);
  });
});
