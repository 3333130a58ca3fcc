import { parseFilter } from '#libs/scim/filter/parse.js';
import { givenPackages } from '../brake/brake.exports.js';
import { impactOf } from './impact.js';
import { at, record, story } from './worker.fixtures.js';

const now = '2026-03-02T10:00:00Z';
const rules = givenPackages([
  { filter: parseFilter('department eq "Sales"'), packages: ['crm', 'mail'] },
  { filter: parseFilter('department pr'), packages: ['mail'] },
  { filter: parseFilter('status eq "active"'), packages: ['door'] },
]);
const of = (before: object, after: object) =>
  impactOf(story([[now, record(before)]]).state, record(after), at(now), rules);

describe('what a statement takes', () => {
  it.each([
    ['an end already past', {}, { terminationDate: '2026-02-01' }],
    ['an end to come', {}, { terminationDate: '2026-12-31' }],
    ['a last working day', {}, { lastWorkingDay: '2026-03-20' }],
    ['an end brought forward', { terminationDate: '2027-12-31' }, { terminationDate: '2026-03-01' }],
    ['an end in place of "for ever"', { terminationDate: '9999-12-31' }, { terminationDate: '2026-06-30' }],
    ['a first day put off', {}, { hireDate: '2026-09-01' }],
  ])('%s is a leave', (_, before, after) => {
    expect(of(before, after)).toBe('leaving');
  });

  it.each([
    ['an end put back', { terminationDate: '2026-12-31' }, { terminationDate: '2027-12-31' }],
    ['an end taken back', { terminationDate: '2026-12-31' }, {}],
    ['the same end again', { terminationDate: '2026-12-31' }, { terminationDate: '2026-12-31' }],
    ['"for ever" in place of no end', {}, { terminationDate: '9999-12-31' }],
    ['a move that keeps every package', { department: 'Research' }, { department: 'Legal' }],
    ['a new telephone', { department: 'Sales' }, { department: 'Sales', phoneNumbers: ['1'] }],
    [
      'an end of somebody to come',
      { hireDate: '2026-12-01' },
      { hireDate: '2026-12-01', terminationDate: '2026-12-02' },
    ],
    ['a change of somebody gone', { terminationDate: '2026-02-01' }, { terminationDate: '2026-01-31' }],
  ])('%s takes nothing', (_, before, after) => {
    expect(of(before, after)).toBeNull();
  });

  it.each([
    ['a department that a rule asked for', { department: 'Sales' }, { department: 'Slaes' }],
    ['a department cleared', { department: 'Research' }, {}],
    ['a leave', {}, { status: 'on-leave' as const }],
  ])('%s is a loss of access', (_, before, after) => {
    expect(of(before, after)).toBe('losing-access');
  });
});
