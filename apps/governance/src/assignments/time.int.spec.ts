import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  asked,
  engineer,
  expectContractsKept,
  requester,
  staff,
  wikiCompany,
} from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await staff(hub, { 5000: null, 5001: '5000', 5002: '5000', 5003: '5000', 5004: '5000' });
  await packageWith('guest', { maxDuration: 'P30D', extendable: true });
  await packageWith('once', { maxDuration: 'P30D' });
  await packageWith('field', { suspendOnLeave: true });
});
afterAll(() => hub.stop());

const packageWith = (id: string, more: object) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'wiki', group: id }],
    requestFor: 'team',
    approval: { stages: [{ approvers: ['manager'], timeout: 'P3D' }] },
    ...more,
  });
const ask = (as: string, body: object) =>
  hub.call('POST', '/requests', { justification: 'x', ...body }, { as, ...requester });
const approve = async (id: string, more: object = {}) => {
  const decision = { decision: 'approve', ...more };
  const { status, body } = await hub.call('POST', `/requests/${id}/decisions`, decision, { as: '5000', ...approver });
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.assignmentId as string;
};
const groupsOf = async (employeeId: string): Promise<string[]> => (await accessOf(hub, employeeId)).accounts[0].groups;
const assignment = async (id: string) => (await hub.call('GET', `/assignments/${id}`)).body;
const statusOf = async (id: string): Promise<string> => (await assignment(id)).status;
const scheduleOf = async (employeeId: string, as = 'admin', roles = ['policy-admin']) =>
  hub.call('GET', `/identities/${identityOf(employeeId)}/schedule`, undefined, { as, roles });
const saidOf = async (id: string): Promise<[string, number | undefined][]> =>
  (await hub.published(topics.decisions))
    .filter(({ subject, type }) => subject === id && !type.includes('delivery'))
    .map(({ type, body }) => [type.split('.')[3] ?? '', (body as { daysLeft?: number }).daysLeft]);
const errorsOf = ({ status, body }: { status: number; body: { errors?: { pointer: string }[] } }) => [
  status,
  body.errors?.map(({ pointer }) => pointer),
];

describe('a period', () => {
  it.each([
    ['an end that is past', { endsAt: '2026-03-01T00:00:00Z' }],
    ['an end before the start', { startsAt: '2026-03-10T00:00:00Z', endsAt: '2026-03-09T00:00:00Z' }],
    ['an end later than the package allows', { endsAt: '2026-05-01T00:00:00Z' }],
  ])('is refused with %s', async (_, more) => {
    expect(errorsOf(await ask('5001', { packageId: 'guest', ...more }))).toEqual([400, ['/endsAt']]);
  });

  it('is what was asked for: it begins and ends by itself, and its end is announced', async () => {
    const period = { startsAt: '2026-03-03T09:00:00Z', endsAt: '2026-03-23T09:00:00Z' };
    const id = await asked(hub, '5001', { packageId: 'guest', ...period });
    const given = await approve(id);
    expect(await assignment(given)).toMatchObject({
      status: 'scheduled',
      since: '2026-03-03T09:00:00.000Z',
      until: '2026-03-23T09:00:00.000Z',
    });
    expect(await groupsOf('5001')).not.toContain('guest');
    expect((await ask('5001', { packageId: 'guest' })).body.code).toBe('request.already_held');
    const { body } = await scheduleOf('5001', '5001', ['requester']);
    expect(body.items.map(({ event, at }: { event: string; at: string }) => [event, at])).toEqual([
      ['assignment-starts', '2026-03-03T09:00:00.000Z'],
      ['assignment-end-announced', '2026-03-09T09:00:00.000Z'],
      ['assignment-end-announced', '2026-03-22T09:00:00.000Z'],
      ['assignment-ends', '2026-03-23T09:00:00.000Z'],
    ]);
    expect((await scheduleOf('5001', '5002', ['requester'])).status).toBe(404);

    const dated = engineer('5004', { managerId: '5000', leaveFrom: '2026-04-01', leaveUntil: '2026-04-30' });
    const leaving = { ...dated, timeZone: 'Europe/Vienna', terminationDate: '2026-06-30' };
    await hub.stated(hrMessage('changed', leaving, 2));
    expect((await scheduleOf('5004')).body.items).toMatchObject([
      { event: 'leave-begins', at: '2026-03-31T22:00:00.000Z', package: null },
      { event: 'leave-ends', at: '2026-04-30T22:00:00.000Z' },
      { event: 'person-leaves', at: '2026-06-30T22:00:00.000Z', why: expect.stringContaining('all access ends') },
    ]);

    hub.clock.set('2026-03-03T09:00:00.000Z');
    await eventually(async () => (await groupsOf('5001')).includes('guest'));
    expect(await statusOf(given)).toBe('active');
    hub.clock.set('2026-03-09T09:00:00.000Z');
    await eventually(async () => (await saidOf(given)).some(([what, days]) => what === 'expiring' && days === 14));
    hub.clock.set('2026-03-22T09:00:00.000Z');
    await eventually(async () => (await saidOf(given)).some(([what, days]) => what === 'expiring' && days === 1));
    hub.clock.set('2026-03-23T09:00:00.000Z');
    await eventually(async () => (await statusOf(given)) === 'expired');
    expect(await groupsOf('5001')).not.toContain('guest');
    expect(await assignment(given)).toMatchObject({ until: '2026-03-23T09:00:00.000Z', code: 'expired' });
    expect((await saidOf(given)).map(([what]) => what).filter((what) => what !== 'removal-changed')).toEqual([
      'created',
      'started',
      'expiring',
      'expiring',
      'expired',
    ]);
  });

  it('ends as late as the package allows where nobody says otherwise, or as the approver says', async () => {
    const longest = await approve(await asked(hub, '5002', { packageId: 'guest' }));
    expect((await assignment(longest)).until).toBe('2026-04-22T09:00:00.000Z');
    const id = await asked(hub, '5003', { packageId: 'guest' });
    const late = { decision: 'approve', endsAt: '2026-12-01T00:00:00Z' };
    expect(errorsOf(await hub.call('POST', `/requests/${id}/decisions`, late, { as: '5000', ...approver }))).toEqual([
      400,
      ['/endsAt'],
    ]);
    const shortened = await approve(id, { endsAt: '2026-03-25T09:00:00Z' });
    expect((await assignment(shortened)).until).toBe('2026-03-25T09:00:00.000Z');
    const { body } = await hub.call('GET', `/requests/${id}`);
    expect([body.endsAt, body.decisions[0].endsAt]).toEqual(['2026-03-25T09:00:00.000Z', '2026-03-25T09:00:00.000Z']);
  });

  it('is not given once it is over: the request is denied', async () => {
    const id = await asked(hub, '5004', { packageId: 'once', endsAt: '2026-03-24T09:00:00Z' });
    hub.clock.set('2026-03-24T09:00:00.000Z');
    const decision = { decision: 'approve' };
    const { body } = await hub.call('POST', `/requests/${id}/decisions`, decision, { as: '5000', ...approver });
    expect([body.status, body.code]).toEqual(['denied', 'period_over']);
  });
});

describe('an extension', () => {
  const extend = (id: string, endsAt: string, as: string) =>
    hub.call('POST', `/assignments/${id}/extend`, { endsAt, justification: 'not done' }, { as, ...requester });

  it('is a request with the approval of the package, and moves the end', async () => {
    const given = await approve(await asked(hub, '5004', { packageId: 'guest', endsAt: '2026-04-01T09:00:00Z' }));
    expect(errorsOf(await extend(given, '2026-03-30T09:00:00Z', '5004'))).toEqual([400, ['/endsAt']]);
    expect(errorsOf(await extend(given, '2026-06-30T09:00:00Z', '5004'))).toEqual([400, ['/endsAt']]);
    const made = await extend(given, '2026-04-20T09:00:00Z', '5004');
    expect([made.status, made.body]).toMatchObject([201, { extends: given, status: 'pending', packageId: 'guest' }]);
    expect(await approve(made.body.id)).toBe(given);
    expect(await assignment(given)).toMatchObject({ status: 'active', until: '2026-04-20T09:00:00.000Z' });
    expect((await saidOf(given)).map(([what]) => what)).toContain('extended');
  });

  it('is refused where the package allows none', async () => {
    const given = await approve(await asked(hub, '5003', { packageId: 'once' }));
    expect((await extend(given, '2026-05-01T09:00:00Z', '5003')).body.code).toBe('request.not_extendable');
    // Nobody else learns that there is this assignment.
    expect((await extend(given, '2026-05-01T09:00:00Z', '5002')).body.code).toBe('not_found');
  });

  it('comes too late once the assignment has ended', async () => {
    const given = await approve(await asked(hub, '5001', { packageId: 'guest', endsAt: '2026-03-26T09:00:00Z' }));
    const made = await extend(given, '2026-04-10T09:00:00Z', '5001');
    hub.clock.set('2026-03-26T09:00:00.000Z');
    await eventually(async () => (await statusOf(given)) === 'expired');
    const decision = { decision: 'approve' };
    const url = `/requests/${made.body.id}/decisions`;
    const { body } = await hub.call('POST', url, decision, { as: '5000', ...approver });
    expect([body.status, body.code]).toEqual(['denied', 'no_longer_held']);
    expect((await extend(given, '2026-04-10T09:00:00Z', '5001')).body.code).toBe('assignment.not_active');
  });
});

it('access can be given up by its holder, and by nobody else', async () => {
  const given = await approve(await asked(hub, '5002', { packageId: 'field' }));
  const giveUp = (as: string) =>
    hub.call('POST', `/assignments/${given}/revoke`, { reason: 'I do not need it' }, { as, ...requester });
  expect((await giveUp('5003')).status).toBe(404);
  expect((await giveUp('5002')).body).toMatchObject({
    status: 'revoked',
    code: 'given_up',
    reason: 'I do not need it',
  });
  expect(await groupsOf('5002')).not.toContain('field');
});

it('a leave suspends what its package says, and nothing else; the return gives it back', async () => {
  const given = await approve(await asked(hub, '5002', { packageId: 'field' }));
  await hub.stated(hrMessage('leave-started', engineer('5002', { managerId: '5000' }), 2));
  expect([await statusOf(given), await groupsOf('5002')]).toEqual(['suspended', ['guest']]);
  await hub.stated(hrMessage('leave-ended', engineer('5002', { managerId: '5000' }), 3));
  expect([await statusOf(given), (await groupsOf('5002')).sort()]).toEqual(['active', ['field', 'guest']]);
  await hub.stated(hrMessage('leave-started', engineer('5002', { managerId: '5000' }), 4));
  await hub.stated(hrMessage('terminated', engineer('5002', { managerId: '5000' }), 5));
  expect([await statusOf(given), (await assignment(given)).code]).toEqual(['revoked', 'left']);
});

it('every reason why one may not ask is told at once', async () => {
  await packageWith('managers', { eligibility: 'jobTitle eq "Manager"', requestFor: 'self' });
  const url = `/requestable-packages?beneficiaryId=${identityOf('5001')}`;
  const { body } = await hub.call('GET', url, undefined, { as: '5000', ...requester });
  const reasonsOf = (id: string) =>
    body.items.find((one: { id: string }) => one.id === id).reasons.map(({ code }: { code: string }) => code);
  expect(reasonsOf('managers')).toEqual(['request.not_for_them', 'request.not_eligible', 'request.nobody_can_decide']);
});

it('everything said keeps its contract', async () => {
  await expectContractsKept(hub);
});
