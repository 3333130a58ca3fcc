import type { PublicMessage } from './message.js';
import { newestOf } from './newest-of.js';

const of = (subject: string, epoch: number, sequence: number): PublicMessage =>
  ({ subject, epoch, sequence }) as PublicMessage;

describe('the newest of a batch', () => {
  it('is told by version, epoch first, and not by place', () => {
    const batch = [of('ada', 1, 7), of('grace', 1, 1), of('ada', 2, 3), of('ada', 1, 9), of('grace', 1, 1)];
    const newest = newestOf(batch, ({ subject }) => subject);
    expect(newest.map(({ subject, epoch, sequence }) => [subject, epoch, sequence])).toEqual([
      ['ada', 2, 3],
      ['grace', 1, 1],
    ]);
  });
});
