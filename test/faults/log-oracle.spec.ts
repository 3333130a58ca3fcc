import { logProblems, type Entry } from './log-oracle.js';
import type { Target } from './oracle.js';

const entry = (id: string, type: string, causationId: string | null, data: Entry['data'] = {}): Entry => ({
  id,
  type: `hub.${type}.v1`,
  correlationId: 'c',
  causationId,
  data,
});
const created = entry('3', 'provisioning.account.created', '2', { operation: 'o1', account: 'u1' });
const added = entry('4', 'provisioning.membership.added', '2', { operation: 'o2', account: 'u1', group: 'Staff' });
const log = [entry('1', 'hr.worker.hired', null), entry('2', 'governance.desired-access.changed', '1'), created, added];
const target: Target = {
  users: [{ id: 'u1', userName: 'ada' }],
  groups: [{ id: 'g', displayName: 'Staff', members: [{ value: 'u1' }] }],
};

it('finds nothing where the log says what the application shows, and why', () => {
  expect(logProblems(log, target)).toEqual([]);
});

it.each<[string, Entry[], Target]>([
  ['no effects at all', log.slice(0, 2), target],
  ['logged 2 times: hub.hr.worker.hired.v1 1', [...log, entry('1', 'hr.worker.hired', null)], target],
  [
    'operation o1 has 2 outcomes',
    [...log, entry('5', 'provisioning.account.created', '2', { operation: 'o1', account: 'u1' })],
    target,
  ],
  ['the chain ends with hub.governance.desired-access', log.slice(1), target],
  [
    'the chain ends with hub.governance.desired-access',
    [entry('2', 'governance.desired-access.changed', null), created, added],
    target,
  ],
  ['does not know of the account of eve', log, { ...target, users: [...target.users, { id: 'u2', userName: 'eve' }] }],
  ['account u1 that is not there', log, { ...target, users: [] }],
  ['says that ada is active: true', log, { ...target, users: [{ id: 'u1', userName: 'ada', active: false }] }],
  ['has ada in Staff, and not in ', log, { ...target, groups: [] }],
])('says: %s', (problem, entries, shown) => {
  expect(logProblems(entries, shown).join('\n')).toContain(problem);
});
