import { problemsOf } from './worker.dto.js';
import { record } from './worker.fixtures.js';
import { some } from '../../../../test/support/some.js';

describe('a record', () => {
  it('with every field is accepted', () => {
    const full = {
      personId: 'P-1',
      middleName: 'K',
      honorificPrefix: 'Dr',
      honorificSuffix: 'PhD',
      preferredName: 'Ada',
      preferredLanguage: 'en-GB',
      birthDate: '1990-12-10',
      email: 'ada@localhost',
      phoneNumbers: ['+44 20'],
      addresses: ['1 High St\nLondon'],
      department: 'R&D',
      division: 'D',
      costCenter: '1',
      company: 'C',
      jobTitle: 'J',
      location: 'L',
      country: 'GB',
      managerId: '1',
      employmentType: 'e',
      sponsorId: '2',
      timeZone: 'Europe/London',
      status: 'active',
      lastWorkingDay: '2026-04-01',
      terminationDate: '2026-04-30',
      accessEndsAt: '2026-04-01T17:00:00+01:00',
      terminationType: 't',
      leaveFrom: '2026-02-01',
      leaveUntil: '2026-02-01',
      custom: { badge: 'B' },
    } as const;
    expect(problemsOf(record(full))).toEqual([]);
  });

  it.each([
    ['familyName', { familyName: undefined }, 'is missing: it must be the family name'],
    ['familyName', { familyName: '  ' }, 'must be text'],
    ['hireDate', { hireDate: undefined }, 'is missing: it must be the first day as YYYY-MM-DD'],
    ['hireDate', { hireDate: '02.03.2026' }, 'must be a date that exists'],
    ['hireDate', { hireDate: '2026-02-30' }, 'must be a date that exists'],
    ['birthDate', { birthDate: 5 }, 'must be a date that exists'],
    ['email', { email: 'ada' }, 'must be an email address'],
    ['status', { status: 'gone' }, 'must be active or on-leave'],
    ['timeZone', { timeZone: 'Mars/Olympus' }, 'must be a time zone'],
    ['accessEndsAt', { accessEndsAt: '2026-04-01T17:00:00' }, 'with an offset'],
    ['accessEndsAt', { accessEndsAt: '2026-02-30T17:00:00Z' }, 'with an offset'],
    ['givenName', { givenName: 'A\u0000da' }, 'without control characters'],
    ['givenName', { givenName: 'A\ufffdda' }, 'without control characters'],
    ['givenName', { givenName: 'A\ud800' }, 'without control characters'],
    ['givenName', { givenName: { deep: 1 } }, 'must be text'],
    ['employeeId', { employeeId: 'x'.repeat(201) }, '1 to 200 visible characters'],
    ['employeeId', { employeeId: '\u200b' }, 'visible characters'],
    ['managerId', { managerId: '\u00a0\u2060' }, 'visible characters'],
    ['jobTitle', { jobTitle: 'A\u0085' }, 'without control characters'],
    ['custom', { custom: { Badge: 'x', badge: 'y' } }, '"Badge" and "badge", which differ only in case'],
    ['phoneNumbers', { phoneNumbers: '5' }, 'must be a list'],
    ['phoneNumbers', { phoneNumbers: [5] }, 'must be a list'],
    ['custom', { custom: { badge: 5 } }, 'must be an object'],
    ['custom', { custom: ['x'] }, 'must be an object'],
  ])('with a bad %s is refused: %j', (field, stated, detail) => {
    expect(problemsOf({ ...record(), ...stated })).toEqual([{ field, detail: expect.stringContaining(detail) }]);
  });

  it.each([
    ['terminationDate', { terminationDate: '2026-01-04' }, ['terminationDate 2026-01-04', 'hireDate 2026-01-05']],
    ['lastWorkingDay', { lastWorkingDay: '2025-12-31' }, ['lastWorkingDay 2025-12-31', 'hireDate 2026-01-05']],
    [
      'accessEndsAt',
      { accessEndsAt: '2025-12-31T00:00:00Z' },
      ['accessEndsAt 2025-12-31T00:00:00Z', 'hireDate 2026-01-05'],
    ],
    [
      'leaveUntil',
      { leaveFrom: '2026-02-02', leaveUntil: '2026-02-01' },
      ['leaveUntil 2026-02-01', 'leaveFrom 2026-02-02'],
    ],
    ['leaveFrom', { leaveUntil: '2026-02-01' }, ['leaveFrom is missing', 'leaveUntil']],
  ])('whose %s contradicts another date names both: %j', (field, stated, named) => {
    const [problem, ...more] = problemsOf({ ...record(), ...stated });
    expect([problem?.field, more]).toEqual([field, []]);
    const told = `${problem?.field} ${problem?.detail}`;
    for (const name of some(named)) expect(told).toContain(name);
  });

  it('may end on its first day', () => {
    expect(problemsOf(record({ terminationDate: '2026-01-05' }))).toEqual([]);
  });
});
