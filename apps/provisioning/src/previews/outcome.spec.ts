import { noAccount } from '../accounts/account-state.js';
import { existing, goal, left, memberOf, policy, unassigned } from '../accounts/account.fixtures.js';
import type { Account, Goal, Policy } from '../accounts/accounts.exports.js';
import { type FoundThere, type Outcome, outcomeOf } from './outcome.js';
import { takenByAuthority } from './taken-by-authority.js';

const there: FoundThere = { accountId: 'u9', active: true, observed: {}, holds: [] };
const outcome = (
  wanted: Goal,
  known: Account,
  { found = null, rules = policy() }: { found?: FoundThere | null; rules?: Policy } = {},
): Outcome | null => outcomeOf({ goal: wanted, known, found, disputed: false, policy: rules, linking: () => [] });

describe('for somebody who is to have no account any more, enforcing', () => {
  const kept = existing({ granted: memberOf('Staff') });

  it('takes away what the hub gave and disables, deletes or keeps the account, as the connector says', () => {
    expect(outcome(unassigned(), kept)).toMatchObject({ effect: 'disable', removes: [{ group: 'Staff' }] });
    const deleting = { rules: policy({ onUnassign: 'delete' }) };
    expect(outcome(unassigned(), kept, deleting)).toMatchObject({ effect: 'delete' });
    const later = { rules: policy({ onUnassign: 'delete', deleteAfter: 'P30D' }) };
    expect(outcome(unassigned(), kept, later)).toMatchObject({ effect: 'disable' });
    const keeping = { rules: policy({ onUnassign: 'keep' }) };
    expect(outcome(unassigned(), kept, keeping)).toMatchObject({ effect: 'update', removes: [{ group: 'Staff' }] });
    expect(outcome(unassigned(), existing(), keeping)).toBeNull();
  });

  it('says so where the scope leaves the person out', () => {
    expect(outcome({ ...unassigned(), outOfScope: true }, kept)?.detail).toContain('scope');
  });

  it('does nothing with an account that the hub does not keep', () => {
    expect(outcome(unassigned(), noAccount, { found: there })).toBeNull();
    expect(outcome(left(), noAccount, { found: there })).toMatchObject({ effect: 'disable' });
  });
});

describe('of attributes that an API of its own does not take', () => {
  const attributes = { userName: 'ada@corp.example', displayName: 'Ada', 'name.familyName': 'Lovelace' };
  const targets = (known: Account): readonly string[] | undefined =>
    outcomeOf({
      goal: goal({ attributes }),
      known,
      found: null,
      disputed: false,
      policy: policy(),
      taken: ['userName', 'name.familyName'],
      linking: () => [],
    })?.changes.map(({ target }) => target);

  it('nothing is shown: they are never sent', () => {
    expect(targets(noAccount)).toEqual(['userName', 'name.familyName']);
    expect(targets(existing())).toEqual(['name.familyName']);
    expect(
      targets(existing({ written: { userName: 'ada@corp.example', 'name.familyName': 'Lovelace' } })),
    ).toBeUndefined();
  });
});

describe('of an authoritative group', () => {
  const holds = ['Staff', 'Owners'].map((group) => ({ entitlement: { group }, id: `id-${group}` }));
  const taken = (known: Partial<Account>, wanted: Goal, onDisable: 'strip' | 'keep' = 'strip'): string[] =>
    takenByAuthority(holds, wanted.entitlements, existing(known), onDisable).map(({ id }) => id);

  it('people lose what they should not have and the hub did not give', () => {
    const wanted = goal({ entitlements: [{ entitlement: { group: 'Staff' }, because: [] }] });
    expect(taken({}, wanted)).toEqual(['id-Owners']);
    expect(taken({ granted: memberOf('Owners') }, wanted)).toEqual([]);
  });

  it('leavers lose it, too, unless disabled accounts keep what they hold', () => {
    expect(taken({ status: 'disabled' }, left())).toEqual(['id-Staff', 'id-Owners']);
    expect(taken({ status: 'disabled' }, left(), 'keep')).toEqual([]);
  });
});
