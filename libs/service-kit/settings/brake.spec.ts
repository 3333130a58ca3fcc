import { isPastBrake } from './brake.js';

const thresholds = { people: 500, percent: 5, least: 10 };

describe('the brake', () => {
  it.each([
    [9, 9, false],
    [10, 10, true],
    [10, 200, true],
    [10, 201, false],
    [500, 100_000, false],
    [501, 100_000, true],
    [0, 0, false],
  ])('%i of %i: %s', (loses, of, past) => {
    expect(isPastBrake(loses, of, thresholds)).toBe(past);
  });
});
