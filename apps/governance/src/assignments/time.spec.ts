import { access } from './access.js';
import { stepFact } from './access-facts.js';
import { noAccess, type Access, type Assignment } from './access-state.js';
import { nextDue, timelyChanges } from './time.js';

const assignment: Assignment = {
  assignmentId: 'a1',
  identityId: 'ada',
  packageId: 'guest',
  packageVersion: 1,
  cause: { type: 'request', request: 'q1', approvers: [] },
  since: '2026-03-01T00:00:00.000Z',
  until: '2026-04-01T00:00:00.000Z',
  applications: [],
  phase: 'active',
  noticed: null,
  grace: null,
  graceOrigin: null,
  keptFor: null,
  reached: {},
  movesTo: null,
};
const holding = (more: Partial<Assignment> = {}): Access => ({
  ...noAccess,
  assignments: [{ ...assignment, ...more }],
});
const changes = (at: string, more: Partial<Assignment> = {}, away = false) => {
  const today = {
    at,
    onLeave: away,
    suspends: () => true,
    clashes: () => false,
    retired: () => false,
    returned: () => false,
    lapsed: () => [],
  };
  const { revoked, steps } = timelyChanges(holding(more), today, new Set());
  return [
    ...revoked.map(({ code }) => code),
    ...steps.map((step) => (step.is === 'expiring' ? step.daysLeft : step.is)),
  ];
};

describe('an assignment with dates', () => {
  it('begins at its start, and gives nothing before', () => {
    const scheduled = { phase: 'scheduled', since: '2026-03-05T00:00:00.000Z' } as const;
    expect(changes('2026-03-04T23:59:59.999Z', scheduled)).toEqual([]);
    expect(changes('2026-03-05T00:00:00.000Z', scheduled)).toEqual(['started']);
  });
  it('ends at its end, not before', () => {
    expect(changes('2026-03-31T23:59:59.999Z', { noticed: 1 })).toEqual([]);
    expect(changes('2026-04-01T00:00:00.000Z')).toEqual(['expired']);
  });
  it('announces its end 14 days and 1 day before, each once', () => {
    expect(changes('2026-03-17T23:59:59.999Z')).toEqual([]);
    expect(changes('2026-03-18T00:00:00.000Z')).toEqual([14]);
    expect(changes('2026-03-18T00:00:00.000Z', { noticed: 14 })).toEqual([]);
    expect(changes('2026-03-31T00:00:00.000Z', { noticed: 14 })).toEqual([1]);
    expect(changes('2026-03-31T00:00:00.000Z', { noticed: 1 })).toEqual([]);
  });
  it('announces only the nearer end after an outage, and none that was past when it began', () => {
    expect(changes('2026-03-31T12:00:00.000Z')).toEqual([1]);
    expect(changes('2026-03-27T00:00:00.000Z', { since: '2026-03-26T00:00:00.000Z' })).toEqual([]);
  });
  it('gives nothing during a leave, where the package says so, and again after it', () => {
    expect(changes('2026-03-02T00:00:00.000Z', {}, true)).toEqual(['suspended']);
    expect(changes('2026-03-02T00:00:00.000Z', { phase: 'suspended' }, true)).toEqual([]);
    expect(changes('2026-03-02T00:00:00.000Z', { phase: 'suspended' })).toEqual(['resumed']);
    expect(changes('2026-03-05T00:00:00.000Z', { phase: 'scheduled' }, true)).toEqual([]);
  });
  it('ends during a leave, too', () => {
    expect(changes('2026-04-01T00:00:00.000Z', { phase: 'suspended' }, true)).toEqual(['expired']);
  });
  it('that is extended ends later, and is announced again', () => {
    const at = '2026-03-20T00:00:00.000Z';
    const step = {
      is: 'extended',
      assignment: { ...assignment, noticed: 14 },
      until: '2026-05-01T00:00:00.000Z',
      request: 'q2',
    } as const;
    const extended = access.evolve(holding({ noticed: 14 }), stepFact(step, [], at));
    expect(extended.assignments[0]).toMatchObject({ until: '2026-05-01T00:00:00.000Z', noticed: null });
    expect(nextDue(extended, at)).toBe('2026-04-17T00:00:00.000Z');
  });
  it('without an end waits for nothing', () => {
    const { until: _, ...endless } = assignment;
    expect(nextDue({ ...noAccess, assignments: [endless] }, '2026-03-02T00:00:00.000Z')).toBeNull();
  });
  it('whose start waits for the end of a leave waits for no instant that is past', () => {
    const waiting = holding({ phase: 'scheduled' });
    expect(nextDue(waiting, '2026-03-02T00:00:00.000Z')).toBe('2026-03-18T00:00:00.000Z');
  });
  it('ends where it would begin beside an incompatible one', () => {
    const held = [
      { ...assignment, phase: 'scheduled' as const },
      { ...assignment, assignmentId: 'a2', packageId: 'other' },
    ];
    const today = {
      at: '2026-03-02T00:00:00.000Z',
      onLeave: false,
      suspends: () => false,
      clashes: (id: string, others: Iterable<string>) => id === 'guest' && [...others].length > 0,
      retired: () => false,
      returned: () => false,
      lapsed: () => [],
    };
    const { revoked, steps } = timelyChanges({ ...noAccess, assignments: held }, today, new Set());
    expect([revoked.map(({ code }) => code), steps]).toEqual([['incompatible'], []]);
  });
});
