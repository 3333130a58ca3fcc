import { topics } from '#libs/contracts/topics.js';
import { aMessage } from '../message.fixtures.js';
import type { PublicMessage } from '../message.js';
import { endOf, sift, type Resumption } from './resumption.js';

const id = '0198c0de-0000-7000-8000-0000000000e1';
const another = '0198c0de-0000-7000-8000-0000000000e2';
const resumption: Resumption = {
  ...{ id, group: 'audit', topic: topics.operators, log: 0, since: '2026-02-10T09:00:00.000Z', back: '7' },
  waitsFor: ['hr', 'governance'],
};
const live = aMessage({ topic: topics.operators, sequence: 3 });
const again = (of: string): PublicMessage => ({
  ...aMessage({ topic: topics.operators, sequence: 2 }),
  resumption: of,
});
const end = (of: string, service: string): PublicMessage =>
  endOf(of, service, topics.operators, { id: another, time: '2026-03-02T09:00:00.000Z' });

describe('a reader that does not resume', () => {
  it('drops what is published again for others, and the end of it', () => {
    const page = [again(id), live, end(id, 'hr')];
    expect(sift(page, undefined)).toEqual({ take: [live], left: undefined });
  });

  it('still parks what an unauthorized writer marked as published again', () => {
    const forged = again(id);
    expect(sift([forged], undefined, () => false).take).toEqual([forged]);
  });
});

describe('a reader that resumes', () => {
  it('takes only what is published again for its own resumption', () => {
    const ours = again(id);
    expect(sift([live, ours, again(another), end(another, 'hr')], resumption)).toEqual({
      take: [ours],
      left: resumption,
    });
  });

  it('waits until every service has sent its end', () => {
    const { left } = sift([end(id, 'hr')], resumption);
    expect(left?.waitsFor).toEqual(['governance']);
    expect(sift([end(id, 'hr')], left ?? undefined).left).toEqual(left);
    expect(sift([end(id, 'governance')], left ?? undefined).left).toBeNull();
  });

  it('is not ended by a message of a service that nobody waits for, or of an unauthorized writer', () => {
    expect(sift([end(id, 'mallory')], resumption).left?.waitsFor).toEqual(['hr', 'governance']);
    expect(sift([end(id, 'hr')], resumption, () => false)).toEqual({ take: [], left: resumption });
  });
});
