import { leftOutBy, Room } from './room.js';

const taken = (...priorities: (0 | 1 | 2)[]): { priority: 0 | 1 | 2 }[] => priorities.map((priority) => ({ priority }));

describe('the room of a worker', () => {
  it('leaves out what is less urgent than all that filled it', () => {
    expect(leftOutBy(taken(0, 0))).toEqual([1, 2]);
    expect(leftOutBy(taken(0, 1))).toEqual([2]);
    expect(leftOutBy(taken(0, 1, 2))).toEqual([]);
  });

  it('keeps a share of each class, at least one account', () => {
    expect([new Room(Infinity).share, new Room(0.1).share]).toEqual([12, 1]);
  });
});
