import { isTooMany } from './brake.js';

const limits = { people: 500, percent: 5, atLeast: 10 };

describe('too many people at once', () => {
  it.each([
    [501, 1_000_000, true],
    [500, 1_000_000, false],
    [120, 200, true],
    [11, 200, true],
    [10, 200, false],
    [10, 100, true],
    [9, 100, false],
    [9, 9, false],
    [51, 1_000, true],
    [50, 1_000, false],
  ])('%i of %i: %s', (people, employed, tooMany) => {
    expect(isTooMany(people, employed, limits)).toBe(tooMany);
  });
});
