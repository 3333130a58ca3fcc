import { InvalidInput } from './problem.js';
import { decodeCursor, encodeCursor, pageOf, parseLimit } from './page.js';

describe('a list', () => {
  it('has 50 entries unless asked otherwise, and never more than 500', () => {
    expect(parseLimit(undefined)).toBe(50);
    expect(parseLimit('500')).toBe(500);
    for (const bad of ['501', '0', '-1', '1.5', 'many', ['5']]) expect(() => parseLimit(bad)).toThrow(InvalidInput);
  });

  it('ends with a null cursor, and goes on with the key of the last entry shown', () => {
    const rows = [1, 2, 3];
    const page = pageOf(
      rows,
      2,
      (row) => [row, 'x'],
      (row) => ({ row }),
    );
    expect(page.items).toEqual([{ row: 1 }, { row: 2 }]);
    expect(decodeCursor(page.nextCursor ?? '', 2)).toEqual([2, 'x']);
    expect(
      pageOf(
        rows,
        3,
        (row) => [row],
        (row) => row,
      ).nextCursor,
    ).toBeNull();
  });

  it('refuses what is no cursor of its own', () => {
    for (const bad of ['x', encodeCursor([1]), encodeCursor([1, 2, 3]), Buffer.from('{"a":1}').toString('base64url')]) {
      expect(() => decodeCursor(bad, 2)).toThrow(InvalidInput);
    }
    expect(decodeCursor(undefined, 2)).toBeNull();
  });
});
