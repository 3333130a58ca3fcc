import { describe, expect, it } from '@jest/globals';
import type { AccessPackage, BirthrightRule } from '../policy/policy.exports.js';
import { affectedBy } from './affected-people.js';

const rule = (more: Partial<BirthrightRule> = {}): BirthrightRule => ({
  displayName: 'Rule',
  filter: 'department eq "A"',
  packages: ['a', 'b'],
  privilegedException: null,
  privilegedExceptionUntil: null,
  graceDays: 0,
  ...more,
});
const accessPackage = (more: Partial<AccessPackage> = {}): AccessPackage => ({
  displayName: 'Package',
  description: null,
  status: 'published',
  owners: [],
  includes: [],
  justInTime: null,
  breakGlass: null,
  grants: [
    { application: 'wiki', account: true },
    { application: 'wiki', group: 'A' },
  ],
  eligibility: null,
  eligibilityLost: 'end',
  graceDays: 0,
  requestFor: null,
  requireJustification: true,
  approval: null,
  maxDuration: null,
  extendable: false,
  suspendOnLeave: false,
  review: null,
  successor: null,
  incompatibleWith: [],
  ...more,
});
const other = 'department eq "B"';

describe('of a rule', () => {
  const before = rule();
  const byRule = { who: 'matching', rule: 'r' } as const;

  it.each([
    ['is new', null, rule(), { ...byRule, filters: [{ before: null, after: before.filter }], filter: before.filter }],
    [
      'has another filter',
      before,
      rule({ filter: other }),
      { ...byRule, filters: [{ before: before.filter, after: other }], filter: other },
    ],
    [
      'has other packages',
      before,
      rule({ packages: ['a'] }),
      { ...byRule, filters: [{ before: null, after: before.filter }], filter: before.filter },
    ],
    [
      'has another filter and other packages',
      before,
      rule({ filter: other, packages: [] }),
      {
        ...byRule,
        filters: [
          { before: null, after: before.filter },
          { before: null, after: other },
        ],
        filter: other,
      },
    ],
    ['has another name', before, rule({ displayName: 'Another' }), { who: 'nobody' }],
    ['names its packages in another order', before, rule({ packages: ['b', 'a'] }), { who: 'nobody' }],
  ] as const)('that %s', (_, former, after, expected) => {
    expect(affectedBy<'birthright-rule'>('r', former, after)).toEqual(expected);
  });
});

describe('of a package', () => {
  const before = accessPackage();

  it.each([
    ['is new', null, before, { who: 'given', package: 'p' }],
    ['is a draft', null, accessPackage({ status: 'draft' }), { who: 'nobody' }],
    ['is published', accessPackage({ status: 'draft' }), before, { who: 'given', package: 'p' }],
    ['grants less', before, accessPackage({ grants: before.grants.slice(1) }), { who: 'holding', package: 'p' }],
    [
      'names its grants in another order',
      before,
      accessPackage({ grants: before.grants.toReversed() }),
      { who: 'nobody' },
    ],
    [
      'excludes another package',
      accessPackage({ incompatibleWith: ['q', 's'] }),
      accessPackage({ incompatibleWith: ['s', 'o'] }),
      { who: 'having', packages: ['o', 'p', 'q'] },
    ],
    ['has another policy', before, accessPackage({ requestFor: 'team', approval: 'none' }), { who: 'nobody' }],
  ] as const)('that %s', (_, former, after, expected) => {
    expect(affectedBy<'access-package'>('p', former, after)).toEqual(expected);
  });
});
