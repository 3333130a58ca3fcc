import { describe, expect, it } from '@jest/globals';
import { account, type Account, type Goal } from '../accounts/accounts.exports.js';
import { compare, type Compared, type Difference, type ShownAccountNow } from './compare.js';

const goal: Goal = {
  version: { epoch: 1, sequence: 1 },
  active: true,
  leaver: false,
  because: [],
  entitlements: [],
  attributes: { title: 'Engineer', active: true },
  initial: {},
};
const known: Account = {
  ...account.initial,
  status: 'active',
  accountId: 'u1',
  written: { title: 'Engineer' },
  granted: { 'group:Staff': { entitlement: { group: 'Staff' }, because: [], id: 'g1' } },
};
const staff = { entitlement: { group: 'Staff' }, id: 'g1', fromBefore: false };
const shown: ShownAccountNow = {
  missing: false,
  active: true,
  attributes: { title: 'Engineer' },
  before: null,
  holds: [staff],
  heldBefore: [],
};
const found = (change: Partial<Omit<Compared, 'shown'>> & { readonly shown?: Partial<ShownAccountNow> | null }) =>
  compare({
    goal,
    known,
    showable: new Set(['title']),
    listed: ['group', 'role'],
    ...change,
    shown: change.shown === null ? null : { ...shown, ...change.shown },
  });
const told = (differences: readonly Difference[]): string[] =>
  differences.map(({ code, target, class: how }) => [code, target, how].filter((one) => one !== null).join(' '));

describe('an account compared with what the hub wrote last', () => {
  it('given it is shown as written, then nothing differs', () => {
    expect(found({})).toEqual([]);
  });

  it('given an earlier reading showed what was written, when it shows another value, then somebody changed it', () => {
    expect(told(found({ shown: { attributes: { title: 'Wizard' }, before: { title: 'Engineer' } } }))).toEqual([
      'attribute-changed title changed-outside',
    ]);
  });

  it('given no reading has shown what was written, then the write was lost', () => {
    expect(told(found({ shown: { attributes: { title: 'Clerk' }, before: { title: 'Clerk' } } }))).toEqual([
      'attribute-changed title lost-write',
    ]);
    expect(told(found({ shown: { attributes: {} } }))).toEqual(['attribute-changed title lost-write']);
  });

  it('given the application has shown an attribute of nobody, then nothing is said of it', () => {
    expect(found({ shown: { attributes: {} }, showable: new Set() })).toEqual([]);
  });

  it.each([
    ['Engineer', 'ENGINEER'],
    [' Engineer', 'Engineer '],
    ['+43 1 234-567', '+431234567'],
    [true, 'true'],
    [{ value: 'a@b.example' }, { value: 'A@b.example', display: 'A' }],
  ])('given %j is kept as %j, then the application has it in its own form', (wrote, keeps) => {
    const differences = found({
      goal: { ...goal, attributes: { title: wrote } },
      known: { ...known, written: { title: wrote } },
      shown: { attributes: { title: keeps } },
    });
    expect(told(differences).filter((one) => !one.endsWith('normalised'))).toEqual([]);
  });

  it('given the hub made it without a value, when one is shown from the beginning, then it is a default', () => {
    const made = { ...known, written: {}, madeAt: '2026-03-02T09:00:00.000Z' };
    const without = { ...goal, attributes: { title: null } };
    expect(told(found({ goal: without, known: made, shown: { attributes: { title: 'Staff' } } }))).toEqual([
      'attribute-changed title schema-default',
    ]);
  });

  it('given something else is desired meanwhile, or an operation is open, then it is work and no drift', () => {
    const other = { attributes: { title: 'Wizard' }, before: { title: 'Engineer' } };
    expect(found({ goal: { ...goal, attributes: { title: 'Manager' } }, shown: other })).toEqual([]);
    expect(found({ known: { ...known, uncertain: ['attribute title'] }, shown: other })).toEqual([]);
  });

  it('given a person let the application keep its value, then it is compared with that one', () => {
    const keeping = { ...known, written: { title: 'Wizard' }, kept: { title: 'Engineer' } };
    expect(found({ known: keeping, shown: { attributes: { title: 'Wizard' } } })).toEqual([]);
    const again = { attributes: { title: 'Clerk' }, before: { title: 'Wizard' } };
    expect(told(found({ known: keeping, shown: again }))).toEqual(['attribute-changed title changed-outside']);
  });

  it('given it should be usable and is not, is usable and should not be, or is gone, then somebody did that', () => {
    expect(told(found({ shown: { active: false } }))).toEqual(['inactive changed-outside']);
    expect(told(found({ known: { ...known, status: 'disabled' } }))).toEqual(['reactivated changed-outside']);
    expect(told(found({ shown: { missing: true } }))).toEqual(['account-missing changed-outside']);
    expect(told(found({ shown: null }))).toEqual(['account-missing changed-outside']);
    expect(found({ shown: { active: null } })).toEqual([]);
  });

  it('given a group that it held is not held any more, then somebody took it; was it never shown, the write was lost', () => {
    expect(told(found({ shown: { holds: [], heldBefore: ['g1'] } }))).toEqual(['membership-missing changed-outside']);
    expect(told(found({ shown: { holds: [] } }))).toEqual(['membership-missing lost-write']);
    expect(found({ shown: { holds: [] }, listed: ['role'] })).toEqual([]);
  });

  it('given it holds what the hub did not give, then somebody gave it, unless it was there before the hub', () => {
    const admins = { entitlement: { group: 'Admins' }, id: 'g2', fromBefore: false };
    expect(told(found({ shown: { holds: [staff, admins] } }))).toEqual(['membership-added changed-outside']);
    expect(found({ shown: { holds: [staff, { ...admins, fromBefore: true }] } })).toEqual([]);
  });
});
