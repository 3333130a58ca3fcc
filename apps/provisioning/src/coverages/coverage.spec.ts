import { accountCoverage, type CoveredAccount } from './account-coverage.js';
import { coverageOf, type Coverage, type KnownReadings } from './coverage.js';

const times = { startedAt: '2026-03-01T22:00:00.000Z', finishedAt: '2026-03-01T22:10:00.000Z' };
const complete = { id: 'one', ...times, accounts: 250, unread: [] };
const newest = {
  id: 'one',
  status: 'completed',
  requestedAt: times.startedAt,
  finishedAt: null,
  detail: null,
} as const;
const read: KnownReadings = { newest, first: '2026-02-01T22:00:00.000Z', complete };
const coverage = (more: Partial<KnownReadings>, every: string | null = null, now = '2026-03-02T10:00:00Z'): Coverage =>
  coverageOf({ ...read, ...more }, { every, window: null }, { now, running: true });

describe('what is known of an application', () => {
  it('is nothing before its first complete reading', () => {
    expect(coverage({ newest: null, first: null, complete: null })).toMatchObject({
      state: 'never-read',
      since: null,
      lastComplete: null,
      gaps: [{ what: 'accounts', reason: 'never-read', since: null }],
    });
    const refused = { ...newest, status: 'failed', detail: 'token expired' } as const;
    expect(coverage({ newest: refused, first: null, complete: null }).gaps[0]?.detail).toContain('token expired');
  });

  it('is what its last complete reading showed when that began', () => {
    expect(coverage({})).toEqual({
      state: 'complete',
      since: '2026-02-01T22:00:00.000Z',
      lastComplete: { id: 'one', ...times, accounts: 250 },
      gaps: [],
      running: null,
      nextReadingAt: null,
    });
  });

  it.each(['held', 'failed'] as const)('has a gap from then on when the next one is %s', (status) => {
    const { state, gaps } = coverage({ newest: { ...newest, id: 'two', status, detail: 'lost 60 of 250' } });
    const gap = { what: 'accounts', reason: status, since: times.startedAt, detail: 'lost 60 of 250' };
    expect([state, gaps]).toEqual(['gaps', [gap]]);
  });

  it('has a gap where the application did not show who holds what', () => {
    const unread = [{ what: 'groups', detail: 'not everything of kind group was shown' }] as const;
    expect(coverage({ complete: { ...complete, unread } })).toMatchObject({
      state: 'gaps',
      gaps: [{ what: 'groups', reason: 'not-shown' }],
    });
  });

  it('has a gap when a reading that was due is an hour late', () => {
    expect(coverage({}, 'PT12H', '2026-03-02T10:59:00Z').state).toBe('complete');
    expect(coverage({}, 'PT12H', '2026-03-02T11:00:00Z').gaps).toMatchObject([{ reason: 'overdue' }]);
  });

  it('names the reading under way', () => {
    expect(coverage({ newest: { ...newest, id: 'two', status: 'running' } }).running).toBe('two');
  });

  it('tells no next reading of a connector that is paused', () => {
    const schedule = { every: 'P1D', window: null };
    expect(coverageOf(read, schedule, { now: times.finishedAt, running: false }).nextReadingAt).toBeNull();
    expect(coverageOf(read, schedule, { now: times.finishedAt, running: true }).nextReadingAt).toBe(
      '2026-03-02T22:00:00.000Z',
    );
  });
});

describe('what is known of an account', () => {
  const account: CoveredAccount = {
    exists: true,
    writtenAt: '2026-02-20T10:00:00Z',
    isShown: true,
    missingSince: null,
  };
  const stateOf = (more: Partial<CoveredAccount>, of: Coverage = coverage({})): string =>
    accountCoverage(of, { ...account, ...more }).state;

  it('is told apart: shown, not shown, changed since, never read', () => {
    expect(stateOf({})).toBe('shown');
    expect(stateOf({ isShown: false })).toBe('not-shown');
    expect(stateOf({ missingSince: times.finishedAt })).toBe('not-shown');
    expect(stateOf({ writtenAt: '2026-03-01T22:00:01.000Z', isShown: false })).toBe('written-since');
    expect(stateOf({}, coverage({ newest: null, first: null, complete: null }))).toBe('never-read');
    expect(stateOf({ exists: false })).toBe('no-account');
  });
});
