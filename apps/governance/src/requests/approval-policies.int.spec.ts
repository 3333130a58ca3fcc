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
  known,
  requester,
  staff,
  wikiCompany,
} from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await staff(hub, { 4000: null, 4001: '4000', 4002: '4001', 4003: null, 4004: null, 4005: '4002' });
});
afterAll(() => hub.stop());

let packages = 0;
/** A package of its own for each request, because one is held once. */
async function packageWith(approval: object): Promise<string> {
  const id = `policy-${++packages}`;
  const { status, body } = await hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'wiki', group: id }],
    requestFor: 'anyone',
    approval,
  });
  expect([status, body.detail]).toEqual([201, undefined]);
  return id;
}
const request = async (approval: object, as = '4002') => asked(hub, as, { packageId: await packageWith(approval) });
const decide = async (as: string, id: string, decision = 'approve') => {
  const { status, body } = await hub.call('POST', `/requests/${id}/decisions`, { decision }, { as, ...approver });
  return status === 200 ? body.status : body.code;
};
const show = async (id: string) => (await hub.call('GET', `/requests/${id}`)).body;
const approversOf = async (id: string): Promise<string[]> =>
  (await show(id)).approvers.map(({ employeeId }: { employeeId: string }) => employeeId);
const waiting = async (as: string): Promise<string[]> =>
  (await hub.call('GET', '/approvals', undefined, { as, ...approver })).body.items.map(({ id }: { id: string }) => id);
const user = (employeeId: string): string => `user:${identityOf(employeeId)}`;
const messagesOf = async (id: string): Promise<string[]> =>
  (await hub.published(topics.decisions))
    .filter(({ subject }) => subject === id)
    .map(({ type }) => type.replace('hub.governance.request.', '').replace('.v1', ''));

describe('an approval of several stages', () => {
  it('asks one after the other, and gives access after the last', async () => {
    const id = await request({ stages: [{ approvers: ['manager'] }, { approvers: ['managers-manager'] }] });
    expect([await waiting('4001'), await waiting('4000')]).toEqual([[id], []]);
    expect(await decide('4000', id)).toBe('request.not_approver');
    const shownTo = async (as: string) =>
      (await hub.call('GET', `/requests/${id}`, undefined, { as, roles: ['requester', 'approver'] })).body.shown;
    expect(await shownTo('4002')).toBeNull();
    const shown = await shownTo('4001');
    expect(shown).toMatchObject({ held: expect.arrayContaining(['wiki-user']), conflicts: [], formerDecisions: [] });
    expect(await decide('4001', id)).toBe('pending');
    expect([await waiting('4001'), await waiting('4000')]).toEqual([[], [id]]);
    expect(await decide('4000', id)).toBe('approved');
    const { packageId, stage, history, decisions } = await show(id);
    expect((await accessOf(hub, '4002')).accounts[0].groups).toContain(packageId);
    expect([stage, history.map(({ event }: { event: string }) => event)]).toEqual([
      1,
      ['submitted', 'decided', 'stage-opened', 'decided', 'approved'],
    ]);
    expect(decisions[0].shown).toEqual(shown);
    expect(await messagesOf(id)).toEqual(['submitted', 'decided', 'stage-opened', 'decided', 'approved']);
  });

  it('stays that of the version the request was made under', async () => {
    const packageId = await packageWith({ stages: [{ approvers: ['manager'] }, { approvers: [user('4003')] }] });
    const id = await asked(hub, '4002', { packageId });
    await hub.call('PUT', `/access-packages/${packageId}`, {
      displayName: packageId,
      grants: [{ application: 'wiki', group: packageId }],
      requestFor: 'anyone',
      approval: 'none',
    });
    expect(await decide('4001', id)).toBe('pending');
    expect(await decide('4003', id)).toBe('approved');
  });

  it('needs other people in each stage: one that could not be decided so is refused at once', async () => {
    const packageId = await packageWith({ stages: [{ approvers: ['manager'] }, { approvers: [user('4001')] }] });
    const ask = { packageId, justification: 'x' };
    const refused = await hub.call('POST', '/requests', ask, { as: '4002', ...requester });
    expect([refused.status, refused.body.code]).toEqual([409, 'request.nobody_can_decide']);
    expect(refused.body.detail).toContain('the stages need 2 different people, and 1 can decide');
    const id = await request({
      stages: [{ approvers: ['manager'] }, { approvers: [user('4001')] }],
      distinctApprovers: false,
    });
    expect([await decide('4001', id), await decide('4001', id)]).toEqual(['pending', 'approved']);
  });

  it('asks the holders of a package, and needs as many of them as the quorum says', async () => {
    const stewards = await packageWith('none' as never);
    for (const as of ['4003', '4004', '4000'])
      await hub.call('POST', '/requests', { packageId: stewards, justification: 'x' }, { as, ...requester });
    const id = await request({ stages: [{ approvers: [`package:${stewards}`], quorum: 2 }] });
    expect(new Set(await approversOf(id))).toEqual(new Set(['4000', '4003', '4004']));
    expect(await decide('4003', id)).toBe('pending');
    expect(await decide('4003', id)).toBe('request.already_decided');
    expect(await decide('4004', id)).toBe('approved');
    const all = await request({ stages: [{ approvers: [`package:${stewards}`], quorum: 'all' }] });
    expect((await show(all)).quorum).toBe(3);
    expect([await decide('4000', all), await decide('4003', all)]).toEqual(['pending', 'pending']);
    expect(await decide('4004', all, 'deny')).toBe('denied');
  });

  it('is refused at its definition where it can be known that nobody could decide', async () => {
    const define = (approval: object) =>
      hub.call('PUT', '/access-packages/refused', {
        displayName: 'x',
        grants: [],
        requestFor: 'self',
        approval,
      });
    const pointers = async (approval: object) =>
      (await define(approval)).body.errors?.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers({ stages: [{ approvers: [user('4003')], quorum: 2 }] })).toEqual([
      '/approval/stages/0/quorum',
    ]);
    expect(await pointers({ stages: [{ approvers: ['manager'] }, { approvers: ['package:nowhere'] }] })).toEqual([
      '/approval/stages/1/approvers/0',
    ]);
    expect(await pointers({ stages: [{ approvers: ['manager'], escalateTo: ['package:nowhere'] }] })).toEqual([
      '/approval/stages/0/escalateTo/0',
    ]);
    expect(await pointers({ stages: [{ approvers: ['manager'], quorum: 2 }] })).toEqual(['/approval/stages/0/quorum']);
    const twice = [{ approvers: [user('4003')] }, { approvers: [user('4003')] }];
    expect(await pointers({ stages: twice })).toEqual(['/approval/distinctApprovers']);
    expect(await pointers({ stages: [] })).toEqual(['/approval/stages']);
  });
});

describe('nobody decides for themselves', () => {
  it('nor for people they report to, also by delegation: refused', async () => {
    const stages = [{ approvers: ['manager', user('4005'), user('4003')] }];
    const id = await request({ stages });
    expect(new Set(await approversOf(id))).toEqual(new Set(['4001', '4003']));
    const delegation = { delegateId: identityOf('4005'), until: '2026-03-20T09:00:00Z', reason: 'away' };
    expect((await hub.call('POST', '/delegations', delegation, { as: '4003', ...approver })).status).toBe(201);
    const own = { ...delegation, delegateId: identityOf('4002') };
    expect((await hub.call('POST', '/delegations', own, { as: '4003', ...approver })).status).toBe(201);
    expect(await decide('4005', id)).toBe('request.superiors_request');
    expect(await decide('4002', id)).toBe('request.own_request');
    expect(await waiting('4002')).toEqual([]);
    expect(await decide('4003', id)).toBe('approved');
  });
});

describe('a delegation', () => {
  it('lets another person decide, in its time, and says for whom', async () => {
    const terms = {
      delegateId: identityOf('4004'),
      from: '2026-03-02T10:00:00Z',
      until: '2026-03-02T12:00:00Z',
      reason: 'I travel',
    };
    const made = await hub.call('POST', '/delegations', terms, { as: '4001', ...approver });
    expect([made.status, made.body]).toMatchObject([
      201,
      { delegator: { employeeId: '4001' }, delegate: { employeeId: '4004' }, reason: 'I travel', endedAt: null },
    ]);
    const id = await request({ stages: [{ approvers: ['manager'] }] });
    expect([await waiting('4004'), await decide('4004', id)]).toEqual([[], 'request.not_approver']);
    hub.clock.set('2026-03-02T10:00:00.000Z');
    expect(await waiting('4004')).toEqual([id]);
    expect(await decide('4004', id)).toBe('approved');
    expect((await show(id)).decisions).toMatchObject([
      { approver: { employeeId: '4004' }, delegator: { employeeId: '4001' } },
    ]);
    const next = await request({ stages: [{ approvers: ['manager'] }] });
    const ended = await hub.call('POST', `/delegations/${made.body.id}/end`, {}, { as: '4001', ...approver });
    expect([ended.status, ended.body.endedAt]).toEqual([200, '2026-03-02T10:00:00.000Z']);
    expect(await decide('4004', next)).toBe('request.not_approver');
    const again = await hub.call('POST', `/delegations/${made.body.id}/end`, {}, { as: '4001', ...approver });
    expect([again.status, again.body.code]).toEqual([409, 'delegation.over']);
    const { items } = (await hub.call('GET', '/delegations', undefined, { as: '4004', ...approver })).body;
    expect(items.map(({ id: of }: { id: string }) => of)).toContain(made.body.id);
  });

  it.each([
    ['to oneself', { delegateId: identityOf('4001') }, '/delegateId'],
    ['to nobody known', { delegateId: identityOf('9999') }, '/delegateId'],
    ['that is over', { until: '2026-03-01T00:00:00Z' }, '/until'],
    ['that ends before it begins', { from: '2026-04-02T00:00:00Z', until: '2026-04-01T00:00:00Z' }, '/until'],
    ['of another person', { delegatorId: identityOf('4000') }, '/delegatorId'],
    ['without a reason', { reason: undefined }, '/reason'],
  ])('%s is refused', async (_, more, pointer) => {
    const terms = { delegateId: identityOf('4004'), until: '2026-04-02T00:00:00Z', reason: 'x', ...more };
    const { status, body } = await hub.call('POST', '/delegations', terms, { as: '4001', ...approver });
    expect([status, body.errors?.map((one: { pointer: string }) => one.pointer)]).toEqual([400, [pointer]]);
  });
});

describe('where approvers cannot decide', () => {
  it('the escalation list does, with the reason', async () => {
    const id = await request({ stages: [{ approvers: ['manager'], escalateTo: [user('4003')] }] }, '4004');
    expect([await approversOf(id), (await show(id)).escalation]).toEqual([
      ['4003'],
      ['the beneficiary has no manager'],
    ]);
    expect(await decide('4003', id)).toBe('approved');
  });

  it('the new manager does, once HR names one; and who leaves or is on leave is replaced', async () => {
    await hub.stated(
      hrMessage('hired', engineer('4100')),
      hrMessage('hired', engineer('4101')),
      hrMessage('hired', engineer('4102', { managerId: '4100' })),
    );
    await known(hub, '4100', '4101', '4102');
    const id = await request({ stages: [{ approvers: ['manager'], escalateTo: [user('4003')] }] }, '4102');
    expect(await approversOf(id)).toEqual(['4100']);
    await hub.stated(hrMessage('changed', engineer('4102', { managerId: '4101' }), 2));
    await eventually(async () => (await approversOf(id)).includes('4101'));
    expect(await decide('4100', id)).toBe('request.not_approver');
    await hub.stated(hrMessage('leave-started', engineer('4101'), 2));
    await eventually(async () => (await approversOf(id)).includes('4003'));
    expect((await show(id)).escalation).toEqual(['the manager is on leave, without a delegate']);
    await hub.stated(hrMessage('leave-ended', engineer('4101'), 3));
    await eventually(async () => (await approversOf(id)).includes('4101'));
    await hub.stated(hrMessage('terminated', engineer('4101'), 4));
    await eventually(async () => (await approversOf(id)).includes('4003'));
    const codes = (await show(id)).history.filter(({ event }: { event: string }) => event === 'rerouted');
    expect(codes.map(({ code }: { code: string }) => code)).toEqual([
      'manager_changed',
      'approver_gone',
      'manager_changed',
      'approver_gone',
    ]);
  });
});

describe('time', () => {
  it('reminds after half of it, escalates once where the policy says so, and then closes the request', async () => {
    const id = await request({
      stages: [{ approvers: ['manager'], timeout: 'P2D', onTimeout: 'escalate', escalateTo: [user('4003')] }],
    });
    hub.clock.set('2026-03-03T10:00:00.000Z');
    await eventually(async () => (await messagesOf(id)).includes('reminded'));
    hub.clock.set('2026-03-04T10:00:00.000Z');
    await eventually(async () => (await messagesOf(id)).includes('rerouted'));
    expect([await approversOf(id), (await show(id)).escalation]).toEqual([['4003'], ['nobody decided in time']]);
    expect(await decide('4001', id)).toBe('request.not_approver');
    hub.clock.set('2026-03-06T10:00:00.000Z');
    await eventually(async () => (await show(id)).status === 'expired');
    expect(await decide('4003', id)).toBe('request.not_pending');
  });

  it('lets one of two decisions at the same time complete the request, and counts the other once', async () => {
    const id = await request({ stages: [{ approvers: ['manager', user('4003')] }] });
    const both = await Promise.all([decide('4001', id), decide('4003', id, 'deny')]);
    expect(both.filter((one) => one === 'request.not_pending')).toHaveLength(1);
    expect((await show(id)).decisions).toHaveLength(1);
  });
});

it('everything said keeps its contract', async () => {
  await expectContractsKept(hub);
});
