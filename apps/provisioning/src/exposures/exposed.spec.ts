import { describe, expect, it } from '@jest/globals';
import { existing, memberOf, open } from '../accounts/account.fixtures.js';
import type { Account } from '../accounts/accounts.exports.js';
import { codeOf, exposedOf, type Obstacles, type Wanted } from './exposed.js';

const policy = { onUnassign: 'disable', onDisable: 'strip' } as const;
const nothing: Wanted = { leaver: true, account: false, entitlements: [] };
const unassigned: Wanted = { ...nothing, leaver: false };
const works = (...groups: string[]): Wanted => ({
  leaver: false,
  account: true,
  entitlements: groups.map((group) => ({ group })),
});
const admin: Account['granted'] = { 'role:Admin': { entitlement: { role: 'Admin' }, because: [], id: null } };
const unverified = (kind: 'disable-account' | 'remove-member'): Account['unverified'] => {
  const entitlement = kind === 'disable-account' ? ({ account: true } as const) : { group: 'Staff' };
  const key = kind === 'disable-account' ? kind : `${kind} group:Staff`;
  return { [key]: { ...open(kind, { entitlement }), since: '' } };
};

describe('what is exposed', () => {
  it('given a leaver, then the account and all that goes with it, until the account is confirmed as disabled', () => {
    expect(exposedOf(nothing, policy, existing({ granted: memberOf('Staff') }))).toEqual([
      { account: true },
      { group: 'Staff' },
    ]);
    expect(exposedOf(nothing, policy, existing({ status: 'disabled', granted: memberOf('Staff') }))).toEqual([]);
  });

  it('given a disabled account, then a role still counts, because it may lie behind another interface', () => {
    const disabled = existing({ status: 'disabled', granted: admin });
    expect(exposedOf(nothing, policy, disabled)).toEqual([{ role: 'Admin' }]);
    expect(exposedOf(nothing, { ...policy, onDisable: 'keep' }, disabled)).toEqual([]);
  });

  it('given a removal that the application cannot show, then it counts', () => {
    const hidden = existing({ status: 'disabled', unverified: unverified('disable-account') });
    expect(exposedOf(nothing, policy, hidden)).toEqual([{ account: true }]);
    expect(exposedOf(works(), policy, existing({ unverified: unverified('remove-member') }))).toEqual([
      { group: 'Staff' },
    ]);
  });

  it('given a creation or enabling without answer, then the account counts', () => {
    for (const kind of ['create-account', 'enable-account'] as const)
      expect(exposedOf(nothing, policy, existing({ status: 'absent', open: open(kind) }))).toEqual([{ account: true }]);
  });

  it('given an account whose id cannot be stored, then it counts until it is disabled', () => {
    const unkept = existing({ status: 'absent', accountId: null, unkept: 'ada' });
    expect(exposedOf(nothing, policy, unkept)).toEqual([{ account: true }]);
    expect(exposedOf(nothing, policy, { ...unkept, status: 'disabled' })).toEqual([]);
  });

  it('given a mover, then the groups that are not wanted any more, also where giving them got no answer', () => {
    expect(exposedOf(works('Staff'), policy, existing({ granted: memberOf('Staff', 'Editors') }))).toEqual([
      { group: 'Editors' },
    ]);
    const adding = existing({ open: open('add-member', { entitlement: { group: 'Editors' } }) });
    expect(exposedOf(works('Staff'), policy, adding)).toEqual([{ group: 'Editors' }]);
    expect(exposedOf(works('Staff'), policy, existing({ granted: memberOf('Staff') }))).toEqual([]);
  });

  it('given a rule that keeps accounts of people who only lost the application, then only what goes with them', () => {
    const keep = { ...policy, onUnassign: 'keep' } as const;
    expect(exposedOf(unassigned, keep, existing({ granted: memberOf('Staff') }))).toEqual([{ group: 'Staff' }]);
    expect(exposedOf(nothing, keep, existing())).toEqual([{ account: true }]);
  });
});

describe('why it is exposed', () => {
  const clear: Obstacles = {
    parked: null,
    dismissed: false,
    mode: 'enforce',
    health: 'working',
    failure: null,
    unverified: false,
  };
  it.each([
    [{}, 'under-way'],
    [{ health: 'unreachable' }, 'application-down'],
    [{ failure: 'timeout' }, 'application-down'],
    [{ health: 'auth-failed' }, 'credentials-refused'],
    [{ parked: 'validation' }, 'refused'],
    [{ parked: 'silent-failure' }, 'not-done'],
    [{ failure: 'silent-failure' }, 'not-done'],
    [{ parked: 'place-unproven' }, 'parked'],
    [{ parked: 'removal-held' }, 'held'],
    [{ dismissed: true }, 'dismissed'],
    [{ unverified: true, health: 'unreachable' }, 'not-verifiable'],
    [{ mode: 'observe' }, 'observing'],
    [{ mode: null }, 'misconfigured'],
    [{ failure: 'account-missing' }, 'failing'],
  ] as const)('given %j, then it is %s', (obstacle, code) => {
    expect(codeOf({ ...clear, ...obstacle })).toBe(code);
  });
});
