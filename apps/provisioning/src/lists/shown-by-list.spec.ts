import type { AccountFile } from '../connectors/connectors.exports.js';
import type { KeptAccount } from '../targets/targets.exports.js';
import type { TaskState } from '../tasks/tasks.exports.js';
import { isDone, type ShownByList } from './shown-by-list.js';

const file: AccountFile = {
  account: 'Login',
  userName: 'Login',
  externalId: null,
  active: { column: 'Status', values: ['active'] },
  groups: 'Groups',
  roles: null,
  separator: ';',
  attributes: { title: 'Title' },
  freshFor: 'P35D',
};
const account = (more: Partial<KeptAccount> = {}): KeptAccount => ({
  id: 'ada',
  userName: 'ada',
  externalId: null,
  active: true,
  attributes: { title: 'Editor' },
  createdAt: null,
  ...more,
});
const task = (kind: TaskState['kind'], more: Partial<TaskState> = {}): TaskState => ({
  task: 't1',
  connector: 'keys',
  application: 'keys',
  identityId: null,
  accountId: 'ada',
  kind,
  entitlement: { account: true },
  told: 'owners',
  dueAt: '2026-03-05T09:00:00.000Z',
  status: 'open',
  written: null,
  givenAt: '2026-03-02T09:00:00.000Z',
  remindEvery: 'P1D',
  sentAt: null,
  reminders: 0,
  answered: null,
  reason: null,
  ...more,
});
const done = (one: TaskState, shown: Partial<ShownByList>, how: AccountFile = file): boolean =>
  isDone(one, { account: account(), holds: false, whole: true, ...shown }, how);
const tower = { entitlement: { group: 'Tower' } };

describe('a list of accounts shows that a task is done', () => {
  it('that makes an account, when the account is there', () => {
    expect([done(task('create-account'), {}), done(task('create-account'), { account: null })]).toEqual([true, false]);
  });

  it('that changes values, only when it has a column for each of them', () => {
    expect(done(task('update-account', { written: { title: 'Editor' } }), {})).toBe(true);
    expect(done(task('update-account', { written: { title: 'Reader' } }), {})).toBe(false);
    expect(done(task('update-account', { written: { title: 'Editor', nickName: 'A' } }), {})).toBe(false);
  });

  it('that disables, when the account is not active or, in a whole list, not there', () => {
    const disable = task('disable-account');
    expect(done(disable, { account: account({ active: false }) })).toBe(true);
    expect(done(disable, { account: null })).toBe(true);
    expect(done(disable, { account: null, whole: false })).toBe(false);
    expect(done(disable, {})).toBe(false);
    expect(done(disable, { account: account({ active: false }) }, { ...file, active: null })).toBe(false);
  });

  it('that grants or takes away, only where it has a column for that kind', () => {
    expect(done(task('add-member', tower), { holds: true })).toBe(true);
    expect(done(task('remove-member', tower), { holds: false })).toBe(true);
    expect(done(task('remove-member', tower), { holds: true })).toBe(false);
    expect(done(task('revoke-role', { entitlement: { role: 'Admin' } }), { holds: false })).toBe(false);
    expect(done(task('revoke-role', { entitlement: { role: 'Admin' } }), { account: null })).toBe(true);
  });
});
