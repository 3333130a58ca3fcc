import { account } from './account.js';
import { noAccount, type Account, type OpenOperation } from './account-state.js';
import { close } from './call-result.js';
import { existing, goal, inGroups, left, memberOf, nowMs, open, policy, unassigned, at } from './account.fixtures.js';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import { deletionNote } from './deletion.js';
import { plan, type Surroundings } from './plan.js';
import type { Goal, Policy } from './plan-terms.js';

const later = { nowMs: nowMs + 60_000, overMs: nowMs + 30_000 };
const step = (wanted: Goal, state: Account, rules: Policy = policy(), clock = later) =>
  plan(wanted, state, rules, clock);
/** kind, with the name of what it is about where that has one. */
const named = (wanted: Goal, state: Account, rules?: Policy): string => {
  const next = step(wanted, state, rules);
  if (next.do !== 'operate') return next.do;
  const { name } = entitlementOf('', next.entitlement);
  return [next.kind, ...(name === null ? [] : [name])].join(' ');
};

describe('towards an active account', () => {
  it('creates what is not there, with what is written once and what is written always', () => {
    const wanted = goal({ attributes: { userName: 'ada' }, initial: { 'name.familyName': 'Lovelace' } });
    expect(step(wanted, noAccount)).toMatchObject({
      kind: 'create-account',
      written: { userName: 'ada', 'name.familyName': 'Lovelace' },
    });
  });

  it('fills what the hub knows no value of, and names what gets a value that nobody else has', () => {
    const nickName = { ifEmpty: { nickName: 'A', title: 'Dr' } };
    expect(step(goal(nickName), noAccount)).toMatchObject({ written: { userName: 'ada@corp.example', nickName: 'A' } });
    const titled = existing({ written: { userName: 'ada@corp.example', title: 'Prof' } });
    expect(step(goal(nickName), titled)).toMatchObject({
      kind: 'update-account',
      written: {},
      ifEmpty: { nickName: 'A' },
    });
    const both = existing({ written: { userName: 'ada@corp.example', title: 'Prof', nickName: 'B' } });
    expect(step(goal(nickName), both)).toEqual({ do: 'nothing' });
    const unique = [{ target: 'nickName', candidates: ['ada', 'ada.b'] }];
    expect(step(goal({ unique }), noAccount)).toMatchObject({ kind: 'create-account', unique });
    expect(step(goal({ unique }), existing())).toEqual({ do: 'nothing' });
  });

  it('waits with creating and enabling for what is missing of the person, and does everything else', () => {
    const awaited = { sources: ['department'], targets: ['title'] };
    expect(named(goal({ awaited }), noAccount)).toBe('await');
    expect(named(goal({ awaited }), existing({ status: 'disabled' }))).toBe('await');
    expect(named(goal({ awaited }), existing())).toBe('await');
    expect(named({ ...inGroups('Legal'), awaited }, existing({ granted: memberOf('Sales') }))).toBe(
      'remove-member Sales',
    );
    expect(named({ ...inGroups('Legal'), awaited }, existing())).toBe('add-member Legal');
    expect(named(goal({ awaited, attributes: { userName: 'ada2' } }), existing())).toBe('update-account');
    expect(named(goal({ awaited, fault: 'title: no' }), noAccount)).toBe('await');
    expect(named({ ...left(), awaited }, existing())).toBe('disable-account');
  });

  it('gives back groups no longer wanted before it adds any, and before it enables', () => {
    const moved = existing({ status: 'disabled', granted: memberOf('Sales') });
    expect(named(inGroups('Engineering'), moved)).toBe('remove-member Sales');
    expect(named(inGroups('Engineering'), { ...moved, granted: {} })).toBe('enable-account');
    expect(named(inGroups('Engineering'), existing())).toBe('add-member Engineering');
  });

  it('goes on past what is refused, but adds nothing while something is still to be taken away', () => {
    const moved = existing({ granted: memberOf('Admins', 'Sales') });
    const next = (wanted: Goal, state: Account, ...refused: string[]): string => {
      const found = plan(wanted, state, policy(), later, new Set(refused));
      return found.do === 'operate' ? `${found.kind} ${entitlementOf('', found.entitlement).name ?? ''}` : found.do;
    };
    const leaving = ['remove-member group:Admins', 'remove-member group:Sales'];
    expect(next(inGroups('Legal'), moved, ...leaving.slice(0, 1))).toBe('remove-member Sales');
    expect(next(inGroups('Legal'), moved, ...leaving)).toBe('nothing');
    const both = inGroups('Legal', 'Staff');
    expect(next(both, existing(), 'add-member group:Legal')).toBe('add-member Staff');
    expect(next(both, existing(), 'add-member group:Legal', 'add-member group:Staff')).toBe('nothing');
    const changed = { ...both, attributes: { userName: 'ada.king@corp.example' } };
    expect(next(changed, existing(), 'update-account account')).toBe('add-member Legal');
  });

  it('enables the same account when somebody comes back', () => {
    expect(step(goal(), existing({ status: 'disabled' }))).toMatchObject({ kind: 'enable-account' });
  });

  it('writes only what differs from what was written last, and clears what has no value any more', () => {
    const wanted = goal({ attributes: { userName: 'ada@corp.example', displayName: 'Ada King', nickName: null } });
    const state = existing({ written: { userName: 'ada@corp.example', displayName: 'Ada Lovelace', nickName: 'A' } });
    expect(step(wanted, state)).toMatchObject({
      kind: 'update-account',
      written: { displayName: 'Ada King', nickName: null },
    });
  });

  it('with a value that cannot be made: does what else can be done, and then waits for a person', () => {
    const wanted = goal({ attributes: { displayName: 'Ada King' }, fault: 'title: at 0: no date' });
    expect(named(wanted, noAccount)).toBe('park');
    expect(named(wanted, existing({ granted: memberOf('Sales') }))).toBe('remove-member Sales');
    expect(named(wanted, existing())).toBe('update-account');
    expect(step(wanted, existing({ written: { displayName: 'Ada King' } }))).toEqual({
      do: 'park',
      code: 'mapping-failed',
      detail: 'title: at 0: no date',
    });
  });

  it('does nothing when nothing differs', () => {
    expect(named(inGroups('Staff'), existing({ granted: memberOf('Staff') }))).toBe('nothing');
  });

  it('leaves the identifiers of an account it took over alone until something newer is desired', () => {
    const taken = existing({ written: { userName: 'ada.old' }, adoptedAt: { epoch: 1, sequence: 3 } });
    expect(named(goal(), taken)).toBe('nothing');
    expect(named(goal({ version: { epoch: 1, sequence: 4 } }), taken)).toBe('update-account');
  });

  it('grants what it can, and says what no connector can grant instead of being done', () => {
    const because = inGroups('Staff').entitlements[0]?.because ?? [];
    const [role, group] = [{ role: 'Admin' }, { group: 'Staff' }];
    const wanted = goal({ entitlements: [role, group].map((entitlement) => ({ entitlement, because })) });
    expect(named(wanted, existing())).toBe('add-member Staff');
    expect(step(wanted, existing({ granted: memberOf('Staff') }))).toEqual({ do: 'refuse', entitlement: role });
  });

  it('grants roles after groups, and gives them back before groups', () => {
    const both: Surroundings = { ...later, grants: () => true };
    const because = inGroups('Staff').entitlements[0]?.because ?? [];
    const wanted = goal({
      entitlements: [{ group: 'Staff' }, { role: 'Admin' }].map((entitlement) => ({ entitlement, because })),
    });
    const kindOf = (target: Goal, state: Account, rules = policy()): string => {
      const next = plan(target, state, rules, both);
      return next.do === 'operate' ? next.kind : next.do;
    };
    const inStaff = memberOf('Staff');
    const all = { ...inStaff, 'role:Admin': { entitlement: { role: 'Admin' }, because, id: 'r1' } };
    expect(kindOf(wanted, existing({ granted: inStaff }))).toBe('grant-role');
    expect(kindOf(wanted, existing({ granted: all }))).toBe('nothing');
    expect(kindOf(goal(), existing({ granted: all }))).toBe('revoke-role');
    expect(kindOf(unassigned(), existing({ granted: all }))).toBe('revoke-role');
    expect(kindOf(left(), existing({ granted: all }))).toBe('disable-account');
    expect(kindOf(left(), existing({ granted: all, status: 'disabled' }))).toBe('revoke-role');
    const deleting = policy({ onLeave: 'delete' });
    expect(kindOf(left(), existing({ granted: all }), deleting)).toBe('disable-account');
    expect(kindOf(left(), existing({ granted: all, status: 'disabled' }), deleting)).toBe('revoke-role');
    expect(kindOf(left(), existing({ granted: inStaff, status: 'disabled' }), deleting)).toBe('delete-account');
  });

  it('creates again what was deleted', () => {
    expect(named(goal(), { ...noAccount, status: 'deleted' })).toBe('create-account');
  });
});

describe('what the application accepted and does later', () => {
  const promised = (kind: OpenOperation['kind'], state: Partial<Account> = {}): Account =>
    existing({ open: open(kind, { lost: { at: at(0), absentBefore: true, ticket: 'task7' } }), ...state });

  it('is asked for, however long it takes, and not sent again', () => {
    for (const kind of ['create-account', 'add-member', 'disable-account', 'remove-member'] as const)
      expect(step(goal(), promised(kind))).toMatchObject({ do: 'look' });
    expect(step(unassigned(), promised('revoke-role'))).toMatchObject({ do: 'look' });
  });

  it('does not keep the account of a leaver from being disabled', () => {
    expect(step(left(), promised('grant-role'))).toMatchObject({ do: 'close', maybeGranted: true });
    expect(step(left(), promised('revoke-role'))).toMatchObject({ do: 'close', maybeGranted: false });
    expect(step(left(), promised('disable-account'))).toMatchObject({ do: 'look' });
    expect(step(left(), promised('revoke-role', { status: 'disabled' }))).toMatchObject({ do: 'look' });
  });
});

describe('after leaving', () => {
  it('shuts out first, then takes the groups away, then is done', () => {
    const granted = memberOf('Editors', 'Staff');
    expect(named(left(), existing({ granted }))).toBe('disable-account');
    expect(named(left(), existing({ granted, status: 'disabled' }))).toBe('remove-member Editors');
    expect(named(left(), existing({ granted: memberOf('Staff'), status: 'disabled' }))).toBe('remove-member Staff');
    expect(named(left(), existing({ status: 'disabled' }))).toBe('nothing');
  });

  it('keeps the groups where the connector says so', () => {
    expect(
      named(left(), existing({ status: 'disabled', granted: memberOf('Staff') }), policy({ onDisable: 'keep' })),
    ).toBe('nothing');
  });

  it('deletes where the connector says so', () => {
    expect(named(left(), existing(), policy({ onLeave: 'delete' }))).toBe('delete-account');
  });

  it('deletes where a workflow says so, and only disables where it says that, whatever the connector does with leavers', () => {
    const gone = { ...left(), deletes: true };
    expect(named(gone, existing(), policy({ onLeave: 'disable', deleteAfter: 'P90D' }))).toBe('delete-account');
    expect(named(gone, existing({ status: 'disabled' }))).toBe('delete-account');
    const disabled = { ...left(), deletes: false };
    expect(named(disabled, existing(), policy({ onLeave: 'delete' }))).toBe('disable-account');
    expect(named(disabled, existing({ status: 'disabled' }), policy({ onLeave: 'delete' }))).toBe('nothing');
  });

  it('disables and strips where deletion was refused, and goes on past each refusal', () => {
    const rules = policy({ onLeave: 'delete' });
    const state = existing({ granted: memberOf('Staff') });
    const next = (...refused: string[]) => plan(left(), state, rules, later, new Set(refused));
    expect(next('delete-account account')).toMatchObject({ kind: 'disable-account' });
    expect(next('delete-account account', 'disable-account account')).toMatchObject({
      kind: 'remove-member',
      entitlement: { group: 'Staff' },
    });
    expect(next('delete-account account', 'disable-account account', 'remove-member group:Staff')).toEqual({
      do: 'nothing',
    });
  });

  it('creates nothing for somebody who never had an account', () => {
    expect(named(left(), noAccount)).toBe('nothing');
  });
});

describe('after losing the application', () => {
  it('gives the groups back first, then the account', () => {
    expect(named(unassigned(), existing({ granted: memberOf('Staff') }))).toBe('remove-member Staff');
    expect(named(unassigned(), existing())).toBe('disable-account');
    expect(named(unassigned(), existing(), policy({ onUnassign: 'delete' }))).toBe('delete-account');
    expect(named(unassigned(), existing(), policy({ onUnassign: 'keep' }))).toBe('nothing');
  });
});

describe('an operation without outcome', () => {
  const early = { nowMs: nowMs + 1_000, overMs: nowMs + 30_000 };

  it('is waited for while its call may be running, and looked for afterwards', () => {
    const state = existing({ accountId: null, status: 'absent', open: open('create-account') });
    expect(step(goal(), state, policy(), early)).toEqual({ do: 'wait', untilMs: nowMs + 30_000 });
    expect(step(goal(), state, policy(), later)).toMatchObject({ do: 'look' });
  });

  it('is looked for two seconds after its answer was lost', () => {
    const lost = open('create-account', { lost: { at: at(500), absentBefore: true } });
    const state = existing({ accountId: null, status: 'absent', open: lost });
    expect(step(goal(), state, policy(), early)).toEqual({ do: 'wait', untilMs: nowMs + 2_500 });
  });

  it('is found out about even when its person has left meanwhile', () => {
    const state = existing({ accountId: null, status: 'absent', open: open('create-account') });
    expect(step(left(), state, policy(), early)).toMatchObject({ do: 'wait' });
    expect(step(left(), state, policy(), later)).toMatchObject({ do: 'look' });
  });

  it.each(['disable-account', 'delete-account', 'remove-member'] as const)(
    'is repeated at once when it takes away: %s',
    (kind) => {
      expect(step(left(), existing({ open: open(kind) }), policy(), early)).toMatchObject({ do: 'close' });
    },
  );

  it('does not hold up shutting somebody out, and what it may have granted is taken away', () => {
    const adding = existing({ open: open('add-member', { entitlement: { group: 'Staff' } }) });
    expect(step(left(), adding, policy(), early)).toMatchObject({ do: 'close', maybeGranted: true });
    const enabling = existing({ status: 'disabled', open: open('enable-account') });
    expect(step(left(), enabling, policy(), early)).toMatchObject({ do: 'close', maybeGranted: true });
  });

  const closed = (state: Account): Account =>
    account.evolve(state, close(state.open ?? open('add-member'), false, at(0)));

  it.each(['disable-account', 'delete-account'] as const)(
    '%s: who comes back is enabled, once the call is over',
    (kind) => {
      const state = existing({ open: open(kind) });
      expect(step(goal(), state, policy(), early)).toEqual({ do: 'wait', untilMs: nowMs + 30_000 });
      expect(step(goal(), state)).toMatchObject({ do: 'close' });
      expect(named(goal(), closed(state))).toBe('enable-account');
      expect(named(left(), closed(state))).toBe('disable-account');
    },
  );

  it('of a group that is given again: it is added again; others are still taken away at once', () => {
    const entitlement = { group: 'Staff' };
    const state = existing({ granted: memberOf('Staff'), open: open('remove-member', { entitlement }) });
    expect(step(inGroups('Staff'), state, policy(), early)).toMatchObject({ do: 'wait' });
    expect(step(inGroups('Sales'), state, policy(), early)).toMatchObject({ do: 'close' });
    expect(named(inGroups('Staff'), closed(state))).toBe('add-member Staff');
    expect(named(goal(), closed(state))).toBe('remove-member Staff');
  });

  it('of a change that is taken back: what it wrote is written again', () => {
    const written = { displayName: 'Ada King', title: null };
    const was = { userName: 'ada@corp.example', displayName: 'Ada' };
    const state = closed(existing({ written: was, open: open('update-account', { written }) }));
    expect(step(goal({ attributes: { ...was, title: null } }), state)).toMatchObject({
      kind: 'update-account',
      written: { displayName: 'Ada', title: null },
    });
  });
});

describe('whom the scope of the connector leaves out', () => {
  const out = goal({ active: false, outOfScope: true, attributes: {} });

  it('gets no account', () => {
    expect(step(out, noAccount)).toEqual({ do: 'nothing' });
  });

  it('loses groups, then the account, as somebody who lost the application; each change says why', () => {
    const member = existing({ granted: memberOf('Sales') });
    expect(step(out, member)).toMatchObject({ kind: 'remove-member', reason: 'out-of-scope' });
    expect(step(out, existing())).toMatchObject({ kind: 'disable-account', reason: 'out-of-scope' });
    expect(step(out, existing(), policy({ onUnassign: 'delete' }))).toMatchObject({ kind: 'delete-account' });
    expect(step(out, existing(), policy({ onUnassign: 'keep' }))).toEqual({ do: 'nothing' });
  });

  it('is a leaver first of all', () => {
    expect(step({ ...left(), outOfScope: true }, existing())).not.toHaveProperty('reason');
  });
});

describe('an account that is deleted some time after it was disabled', () => {
  const delayed = policy({ deleteAfter: 'P30D' });
  const disabledDays = (days: number, more: Partial<Account> = {}): Account =>
    existing({
      status: 'disabled',
      deletion: { since: at(-days * 86_400_000), dueAt: at((30 - days) * 86_400_000) },
      ...more,
    });

  it('is disabled first, and loses what it was granted', () => {
    expect(step(left(), existing({ granted: memberOf('Sales') }), delayed)).toMatchObject({ kind: 'disable-account' });
    const disabled = disabledDays(0, { granted: memberOf('Sales') });
    expect(step(left(), disabled, delayed)).toMatchObject({ kind: 'remove-member' });
    expect(step(unassigned(), existing(), { ...delayed, onUnassign: 'delete' })).toMatchObject({
      kind: 'disable-account',
    });
  });

  it('is left alone until its time is over, then deleted', () => {
    expect(step(left(), disabledDays(29), delayed)).toEqual({ do: 'nothing' });
    expect(step(left(), disabledDays(30), delayed)).toMatchObject({ kind: 'delete-account', reason: 'deletion-due' });
    expect(step(left(), disabledDays(30), { ...delayed, deleteAfter: 'P60D' })).toEqual({ do: 'nothing' });
    expect(step(left(), disabledDays(30), policy())).toEqual({ do: 'nothing' });
  });

  it('gives back what it kept before it is deleted', () => {
    const keeping = { ...delayed, onDisable: 'keep' as const };
    const member = { granted: memberOf('Sales') };
    expect(step(left(), disabledDays(29, member), keeping)).toEqual({ do: 'nothing' });
    expect(step(left(), disabledDays(30, member), keeping)).toMatchObject({ kind: 'remove-member' });
  });

  it('is enabled for who comes back, however late', () => {
    expect(step(goal(), disabledDays(31), delayed)).toMatchObject({ kind: 'enable-account' });
  });

  it('is told of once, again when the connector says another time, and when it will not happen', () => {
    const disabled = existing({ status: 'disabled' });
    const scheduled = { since: at(0), dueAt: at(30 * 86_400_000) };
    expect(deletionNote(left(), disabled, delayed, at(0))).toEqual(scheduled);
    expect(deletionNote(left(), { ...disabled, deletion: scheduled }, delayed, at(5))).toBeNull();
    const sooner = deletionNote(left(), { ...disabled, deletion: scheduled }, policy({ deleteAfter: 'P1D' }), at(5));
    expect(sooner).toEqual({ since: at(0), dueAt: at(86_400_000) });
    expect(deletionNote(left(), { ...disabled, deletion: scheduled }, policy(), at(5))).toBe('cancelled');
    expect(deletionNote(unassigned(), disabled, { ...delayed, onUnassign: 'keep' }, at(0))).toBeNull();
    expect(deletionNote(left(), noAccount, delayed, at(0))).toBeNull();
  });
});
