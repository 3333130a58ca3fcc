import { isUuid, uuidv5, uuidv7 } from './ids.js';

describe('ids', () => {
  it('gives UUIDs of version 7 that sort by the order of making, also many within a millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => uuidv7());
    expect(ids.filter((id) => !isUuid(id) || !/^.{14}7.{4}[89ab]/.test(id))).toEqual([]);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells the millisecond of making in the first 48 bits', () => {
    const before = Date.now();
    const ms = Number.parseInt(uuidv7().replace('-', '').slice(0, 12), 16);
    expect(ms).toBeGreaterThanOrEqual(before);
    // Ids beyond 4,096 of a millisecond borrow from the next ones.
    expect(ms).toBeLessThan(Date.now() + 1_000);
  });

  it('gives one name always the same UUID of version 5', () => {
    expect(uuidv5('a')).toBe(uuidv5('a'));
    expect(uuidv5('a')).not.toBe(uuidv5('b'));
    expect(uuidv5('a')).toMatch(/^.{14}5.{4}[89ab]/);
  });
});
