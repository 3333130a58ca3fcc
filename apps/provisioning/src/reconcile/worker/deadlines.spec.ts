import type { OpenOperation } from '../../accounts/accounts.exports.js';
import { Deadlines } from './deadlines.js';

const now = '2026-03-03T09:00:00.000Z';
const dayBefore = '2026-03-02T09:00:00.000Z';
const given = ({ active = true, attempts = 8, byPeople = false, since = dayBefore }): Deadlines =>
  new Deadlines(
    { failingSince: since, receivedAt: since },
    { now: () => now, mostAttempts: 8, byPeople },
    { goal: { active }, attempts },
  );
const accepted = { startedAt: dayBefore } as OpenOperation;

describe('what goes on for a day', () => {
  it('is for a person: an account that fails, a change that was accepted, attributes that are awaited', () => {
    const deadlines = given({});
    expect([deadlines.isPast, deadlines.isUnfinished(accepted), deadlines.isAttributeLate]).toEqual([true, true, true]);
    const young = given({ since: now });
    expect([young.isPast, young.isUnfinished({ ...accepted, startedAt: now }), young.isAttributeLate]).toEqual([
      ...[false, false, false],
    ]);
  });

  it('goes on where somebody must lose access', () => {
    const deadlines = given({ active: false });
    expect([deadlines.isPast, deadlines.isUnfinished(accepted)]).toEqual([false, false]);
  });

  it('goes on where a person has the task', () => {
    expect(given({ byPeople: true }).isUnfinished(accepted)).toBe(false);
  });
});
