import { InvalidInput } from '#libs/problems/problem.js';
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
    expect(decodeCursor(page.nextCursor ?? '', ['index', 'text'])).toEqual([2, 'x']);
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
    const id = '01a20d55-1fe0-7035-b0be-4fc310015bde';
    for (const bad of [[id], [id, 2, 3], [id, '2'], [id, -1], [id, 1.5], ['zz', 2], [2, id], [`${id}\0`, 2]]) {
      expect(() => decodeCursor(encodeCursor(bad), ['uuid', 'index'])).toThrow(InvalidInput);
    }
    for (const bad of ['x', Buffer.from('{"a":1}').toString('base64url'), encodeCursor(['\0'])]) {
      expect(() => decodeCursor(bad, ['text'])).toThrow(InvalidInput);
    }
    expect(decodeCursor(undefined, ['text', 'text'])).toBeNull();
  });
});
