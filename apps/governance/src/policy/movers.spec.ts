import { describe, expect, it } from '@jest/globals';
import { circleIn, Moves } from './movers.js';

const renaming = (from: string, to: string) => ({ attribute: 'department' as const, from, to });

describe('a rename map', () => {
  it('knows a thing under each of its names', () => {
    const moves = new Moves([renaming('A', 'B'), renaming('B', 'C')]);
    expect(moves.same('department', 'A', 'C')).toBe(true);
    expect(moves.same('department', 'C', 'A')).toBe(true);
    expect(moves.same('department', 'A', 'D')).toBe(false);
    expect(moves.same('location', 'A', 'B')).toBe(false);
    expect(moves.same('department', undefined, 'A')).toBe(false);
  });
  it('names a circle, of two names or of more, and none where there is none', () => {
    expect(circleIn([renaming('A', 'B'), renaming('B', 'A')])).toEqual(['A', 'B', 'A']);
    expect(circleIn([renaming('X', 'A'), renaming('A', 'B'), renaming('B', 'C'), renaming('C', 'A')])).toEqual([
      'A',
      'B',
      'C',
      'A',
    ]);
    expect(circleIn([renaming('A', 'B'), renaming('C', 'B')])).toBeNull();
    expect(circleIn([renaming('A', 'B'), { ...renaming('B', 'A'), attribute: 'location' }])).toBeNull();
  });
  it('ends also where stored names go round', () => {
    expect(new Moves([renaming('A', 'B'), renaming('B', 'A')]).same('department', 'A', 'Z')).toBe(false);
  });
});
