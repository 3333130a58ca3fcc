import { account } from './account.js';
import type { Account } from './account-state.js';
import { plan } from './plan.js';
import type { Goal } from './plan-terms.js';
import { isAccountWithdrawn, takenUp, takenUpFact } from './withdrawn.js';

const version = { epoch: 1, sequence: 4 };
const goal = (more: Partial<Goal> = {}): Goal => ({
  version,
  active: true,
  leaver: false,
  because: ['a1'],
  entitlements: [],
  withdrawn: [{ entitlement: { group: 'Old' }, because: ['f1'] }],
  attributes: {},
  initial: {},
  ...more,
});
const linked: Account = { ...account.initial, status: 'active', accountId: 'u1', place: 'here' };
const about = {
  operation: 'o1',
  connector: 'wiki',
  application: 'wiki',
  identityId: 'i1',
  accountId: 'u1',
  desired: version,
  because: ['f1'],
  kind: 'remove-member' as const,
  startedAt: '2026-03-02T09:00:00.000Z',
  place: 'here',
  written: null,
  lost: null,
};
const policy = { onUnassign: 'disable', onLeave: 'disable', onDisable: 'strip', deleteAfter: null } as const;
const now = { nowMs: 0, overMs: 0, here: () => true };

describe('what a reading found and somebody revoked', () => {
  it('is taken away although the hub did not give it', () => {
    expect(takenUp(goal(), linked)).toEqual([{ group: 'Old' }]);
    const after = account.evolve(linked, takenUpFact({ ...about, entitlement: { group: 'Old' } }));
    expect(plan(goal(), after, policy, now)).toMatchObject({
      do: 'operate',
      kind: 'remove-member',
      entitlement: { group: 'Old' },
    });
  });

  it('is a role, too', () => {
    const after = account.evolve(linked, takenUpFact({ ...about, entitlement: { role: 'Admin' } }));
    expect(plan(goal(), after, policy, now)).toMatchObject({ kind: 'revoke-role', entitlement: { role: 'Admin' } });
  });

  it('is left to the hub once: not while the account is unknown, given by the hub already, or done for this desired access', () => {
    expect(takenUp(goal(), account.initial)).toEqual([]);
    expect(takenUp(goal(), { ...linked, inSync: version })).toEqual([]);
    const granted = { 'group:Old': { entitlement: { group: 'Old' }, because: [], id: 'g1' } };
    expect(takenUp(goal(), { ...linked, granted })).toEqual([]);
  });

  it('is nothing else that the account holds: what nobody revoked stays', () => {
    expect(takenUp(goal({ withdrawn: [] }), linked)).toEqual([]);
  });

  it('says whether the account itself is to go', () => {
    expect(isAccountWithdrawn(goal().withdrawn)).toBe(false);
    expect(isAccountWithdrawn([{ entitlement: { account: true }, because: ['f1'] }])).toBe(true);
  });
});
