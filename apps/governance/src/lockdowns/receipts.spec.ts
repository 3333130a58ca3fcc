import { describe, expect, it } from '@jest/globals';
import type { AccessEvent, Removal, RemovalState } from '../assignments/assignments.exports.js';
import { receiptsOf } from './receipts.js';

const lockedAt = '2026-03-02T09:00:00.000Z';
const later = '2026-03-02T09:00:01.000Z';
const terms = (assignmentId: string) => ({
  assignmentId,
  identityId: 'ada',
  packageId: 'wiki-user',
  packageVersion: 1,
  cause: { type: 'birthright' as const, rule: 'everybody' },
  since: '2026-01-01T00:00:00.000Z',
});
const removal = (application: string, ...words: RemovalState[]): Removal => ({
  application,
  epoch: 1,
  sequence: 2,
  granted: true,
  items: words.map((word, index) => ({ group: `${index}`, removal: word })),
});
const revoked = (id: string, at: string, ...removals: Removal[]): AccessEvent & { occurredAt: string } => ({
  type: 'AssignmentRevoked',
  v: 1,
  data: { assignment: terms(id), code: 'locked_down', delivery: 'delivered', revokedAt: at, removals },
  personal: { reason: { subject: 'ada', fields: {} } },
  occurredAt: at,
});
const answered = (id: string, at: string, changed: Removal, removalNow: RemovalState, decidedAt = lockedAt) => ({
  type: 'AssignmentRemovalChanged' as const,
  v: 1 as const,
  data: {
    assignment: terms(id),
    code: 'locked_down' as const,
    delivery: 'delivered' as const,
    revokedAt: decidedAt,
    changed,
    removal: removalNow,
  },
  occurredAt: at,
});

describe('the receipts of a lockdown', () => {
  it('say for each application what was decided, and nothing of what is not known yet', () => {
    expect(
      receiptsOf(lockedAt, [revoked('1', lockedAt, removal('wiki', 'pending'), removal('chat', 'pending'))]),
    ).toEqual([
      { application: 'chat', decidedAt: lockedAt, state: 'pending', answeredAt: null },
      { application: 'wiki', decidedAt: lockedAt, state: 'pending', answeredAt: null },
    ]);
  });

  it('are done only when a reading showed every part of the application gone', () => {
    const facts = [
      revoked('1', lockedAt, removal('wiki', 'pending')),
      revoked('2', lockedAt, removal('wiki', 'pending')),
    ];
    const one = answered('1', later, removal('wiki', 'done'), 'done');
    expect(receiptsOf(lockedAt, [...facts, one])).toMatchObject([{ state: 'pending', answeredAt: later }]);
    const both = [...facts, one, answered('2', '2026-03-02T09:00:02.000Z', removal('wiki', 'done'), 'done')];
    expect(receiptsOf(lockedAt, both)).toEqual([
      { application: 'wiki', decidedAt: lockedAt, state: 'done', answeredAt: '2026-03-02T09:00:02.000Z' },
    ]);
  });

  it('show the worst of an application: a refused removal before one that no reading can show', () => {
    const facts = [revoked('1', lockedAt, removal('wiki', 'not-verifiable', 'failed', 'done'))];
    expect(receiptsOf(lockedAt, facts)).toMatchObject([{ state: 'failed' }]);
  });

  it('name what had ended before and was not gone yet, and leave out what was', () => {
    const before = '2026-02-01T00:00:00.000Z';
    const facts = [
      revoked('1', before, removal('wiki', 'pending')),
      revoked('2', before, removal('chat', 'pending')),
      answered('2', '2026-02-01T00:00:01.000Z', removal('chat', 'done'), 'done', before),
    ];
    expect(receiptsOf(lockedAt, facts)).toEqual([
      { application: 'wiki', decidedAt: before, state: 'pending', answeredAt: null },
    ]);
  });

  it('are none where nothing had to be removed', () => {
    expect(receiptsOf(lockedAt, [revoked('1', lockedAt, removal('wiki'))])).toEqual([]);
  });
});
