import type { Assignment } from '../assignments/assignments.exports.js';
import { whereAssignmentIs, whereRequestIs } from './where-is-it.js';

const at = '2026-03-02T09:00:00.000Z';
const applications = {
  nameOf: (id: string) => id.toUpperCase(),
  ownersOf: (id: string) => (id === 'wiki' ? ['olga'] : []),
};
type Delivery = Assignment['applications'][number]['delivery'];
const held = (more: Partial<Assignment>, ...deliveries: [application: string, Delivery][]): Assignment => ({
  assignmentId: 'a1',
  identityId: 'ada',
  packageId: 'editors',
  packageVersion: 1,
  cause: { type: 'request', request: 'q1', approvers: [] },
  since: at,
  phase: 'active',
  noticed: null,
  grace: null,
  graceOrigin: null,
  keptFor: null,
  reached: {},
  movesTo: null,
  applications: deliveries.map(([application, delivery]) => ({ application, epoch: 1, sequence: 1, delivery })),
  ...more,
});
const where = (...given: Parameters<typeof held>) => whereAssignmentIs(held(...given), applications);

describe('where my access is', () => {
  it('waits for its approvers, who must act, until its time is over', () => {
    const request = { requestId: 'q1', packageId: 'editors', approverIds: ['grace'], dueAt: at };
    expect(whereRequestIs(request)).toMatchObject({
      state: 'waiting-for-approval',
      acts: 'approvers',
      people: ['grace'],
      date: at,
    });
  });
  it('is being set up by the hub, and nobody must act', () => {
    expect(where({}, ['wiki', 'pending'], ['crm', 'delivered'])).toMatchObject({
      state: 'being-delivered',
      words: 'It is being set up in WIKI. Nobody has to act.',
      acts: 'nobody',
    });
  });
  it('is set up by hand by the owners of an application, who must act', () => {
    expect(where({}, ['wiki', 'manual'], ['crm', 'delivered'])).toMatchObject({
      state: 'being-delivered',
      words: 'It is set up by hand in WIKI: its administrators have to act.',
      acts: 'application-owners',
      people: ['olga'],
    });
  });
  it('was refused by an application, whose owners must act, or else the administrators of its connector', () => {
    const refused = where({}, ['wiki', 'failed'], ['crm', 'pending']);
    expect(refused).toMatchObject({ state: 'failed', acts: 'application-owners', people: ['olga'] });
    expect(refused.words).toBe('WIKI refused it: its administrators have to act.');
    expect(where({}, ['crm', 'failed'])).toMatchObject({ acts: 'connector-administrators', people: [] });
  });
  it('is ready once each application has it, and says until when', () => {
    expect(where({ until: at }, ['wiki', 'delivered'])).toMatchObject({ state: 'ready', date: at, requestId: 'q1' });
  });
  it('has not started, or is suspended, and nobody must act', () => {
    expect(where({ phase: 'scheduled' })).toMatchObject({ state: 'starts-later', date: at, acts: 'nobody' });
    expect(where({ phase: 'suspended' })).toMatchObject({ state: 'suspended', acts: 'nobody' });
  });
});
