import { problemsOf, type Expected, type Target } from './oracle.js';

const ada: Expected = { userName: 'ada', active: true, groups: new Set(['Staff']) };
const left: Expected = { userName: 'alan', active: false, groups: new Set() };
const good: Target = {
  users: [
    { id: '1', userName: 'ada' },
    { id: '2', userName: 'alan', active: false },
  ],
  groups: [{ id: 'g', displayName: 'Staff', members: [{ value: '1' }] }],
};
const staff = (...members: string[]): Target['groups'][number] => ({
  id: 'g',
  displayName: 'Staff',
  members: members.map((value) => ({ value })),
});

it('finds nothing where everything is as it should be', () => {
  expect(problemsOf([ada, left], good)).toEqual([]);
});

it.each<[string, Target]>([
  ['missing account: ada', { ...good, users: good.users.slice(1), groups: [staff()] }],
  ['duplicate account: ada has 2', { ...good, users: [...good.users, { id: '3', userName: 'ada' }] }],
  ['account of nobody: eve has 1', { ...good, users: [...good.users, { id: '3', userName: 'eve' }] }],
  ['not active: ada', { ...good, users: good.users.map((user) => ({ ...user, active: false })) }],
  ['left but active: alan', { ...good, users: good.users.map((user) => ({ ...user, active: true })) }],
  ['membership: ada is 0 times in Staff', { ...good, groups: [staff()] }],
  ['membership: ada is 2 times in Staff', { ...good, groups: [staff('1', '1')] }],
  ['membership: alan is 1 times in Staff', { ...good, groups: [staff('1', '2')] }],
  ['missing group: Staff', { ...good, groups: [] }],
  ['duplicate group: Staff is there 2 times', { ...good, groups: [staff('1'), staff('1')] }],
])('says %s', (problem, target) => {
  expect(new Set(problemsOf([ada, left], target))).toEqual(new Set([problem]));
});

it.each([[[]], [['Reader', 'Reader']], [['Owner']]])('says that a person has other roles: %j', (held) => {
  const rolesOf = (account: string): readonly string[] => (account === '1' ? held : []);
  expect(problemsOf([ada, left], good, rolesOf)).toEqual([`roles: ada has [${held.join()}], and not [Reader]`]);
});

it('says that somebody who left has a role', () => {
  expect(problemsOf([ada, left], good, () => ['Reader'])).toEqual(['roles: alan has [Reader], and not []']);
});

it('finds the second account of a leaver that still works', () => {
  const users = [...good.users, { id: '3', userName: 'alan', active: true }];
  expect(problemsOf([ada, left], { ...good, users })).toContain('left but active: alan');
});
