import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, idOf, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import {
  approver,
  asked,
  engineer,
  expectContractsKept,
  known,
  requester,
  team,
  wikiCompany,
} from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.call('PUT', '/applications/orphaned', { displayName: 'Orphaned', connectorId: 'orphaned' });
});
afterAll(() => hub.stop());

const packageWith = (id: string, approvers: string[], more: object = {}, application = 'wiki') =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application, group: 'Some' }],
    requestFor: 'anyone',
    approval: { stages: [{ approvers, timeout: 'P3D', ...more }] },
  });
const ask = (as: string, packageId: string, more: object = {}) =>
  hub.call('POST', '/requests', { packageId, justification: 'x', ...more }, { as, ...requester });
const undecidable = async () =>
  (await hub.call('GET', `/requests?filter=${encodeURIComponent('decidable eq false')}`)).body.items as {
    id: string;
  }[];
const gauge = async () => (await hub.gauges()).find(({ name }) => name === 'hub_requests_undecidable')?.value;
const waiting = async (as: string): Promise<string[]> =>
  (await hub.call('GET', '/approvals', undefined, { as, ...approver })).body.items.map(({ id }: { id: string }) => id);

describe('a request that nobody could decide is refused and says why', () => {
  beforeAll(async () => {
    await hub.stated(
      hrMessage('hired', engineer('3000')),
      hrMessage('hired', engineer('3001', { managerId: 'nobody' })),
      hrMessage('hired', engineer('3002', { managerId: '3002' })),
      hrMessage('hired', engineer('3003', { managerId: '3009' })),
      hrMessage('hired', engineer('3009')),
    );
    await hub.stated(hrMessage('terminated', engineer('3009'), 2));
    await team(hub, '3010', '3011');
    await known(hub, '3000', '3001', '3002', '3003');
    await packageWith('by-manager', ['manager']);
    await packageWith('by-owner', ['application-owner'], {}, 'orphaned');
    await packageWith('by-gone', [`user:${identityOf('3009')}`]);
    await packageWith('by-two', ['manager', 'application-owner'], { quorum: 2 }, 'orphaned');
  });

  it('already where it names people whom nobody knows', async () => {
    const { status, body } = await packageWith('by-nobody', ['manager', `user:${idOf('nobody')}`]);
    expect([status, body.errors]).toMatchObject([400, [{ pointer: '/approval/stages/0/approvers/1' }]]);
  });

  it.each([
    ['without a manager', '3000', 'by-manager', {}, 'the beneficiary has no manager'],
    ['with a manager nobody knows', '3001', 'by-manager', {}, 'the manager that HR names is unknown'],
    ['who is their own manager', '3002', 'by-manager', {}, 'the manager that HR names is unknown, or is the b'],
    ['whose manager has left', '3003', 'by-manager', {}, 'the manager has left'],
    ['where the application has no owner', '3011', 'by-owner', {}, 'no owner is named for orphaned'],
    ['where the user has left', '3011', 'by-gone', {}, 'has left'],
    ['with a quorum above the people there are', '3011', 'by-two', {}, '2 different approvals, and 1 can be given'],
    ['by the only one who could approve', '3010', 'by-manager', { of: '3011' }, 'the manager is who asks'],
  ])('%s', async (_, as, packageId, { of }: { of?: string }, why) => {
    const { status, body } = await ask(as, packageId, of === undefined ? {} : { beneficiaryId: identityOf(of) });
    expect([status, body.code, body.detail]).toEqual([409, 'request.nobody_can_decide', expect.stringContaining(why)]);
    const refused = (await hub.published(topics.decisions)).at(-1);
    expect(refused).toMatchObject({ type: 'hub.governance.request.refused.v1', body: { package: packageId } });
  });

  it('but not where another approver can', async () => {
    await packageWith('by-either', ['manager', `user:${identityOf('3000')}`, `user:${identityOf('3009')}`]);
    const { status, body } = await ask('3010', 'by-either', { beneficiaryId: identityOf('3011') });
    expect(status).toBe(201);
    expect(body.approvers).toEqual([
      { id: identityOf('3000'), employeeId: '3000', displayName: 'Given3000 Family3000' },
    ]);
    expect(await waiting('3000')).toContain(body.id);
    expect(await waiting('3010')).not.toContain(body.id);
  });
});

describe('an open request', () => {
  it('follows the manager whom its stage means, and names everybody', async () => {
    await team(hub, '3100', '3101');
    const id = await asked(hub, '3101');
    await hub.stated(hrMessage('hired', engineer('3102')));
    await known(hub, '3102');
    await hub.stated(hrMessage('changed', engineer('3101', { managerId: '3102' }), 2));
    await eventually(async () => (await waiting('3102')).length > 0);
    const { body } = await hub.call('GET', `/requests/${id}`, undefined, { as: '3101', ...requester });
    const member = { id: identityOf('3101'), employeeId: '3101', displayName: 'Given3101 Family3101' };
    const manager = { id: identityOf('3102'), employeeId: '3102', displayName: 'Given3102 Family3102' };
    expect(body).toMatchObject({
      package: { id: 'wiki-editor', displayName: 'Wiki editors' },
      requester: member,
      beneficiary: member,
      beneficiaryDepartment: 'Engineering',
      approverRoles: ['manager'],
      approvers: [manager],
      decidable: true,
    });
    expect([await waiting('3100'), await waiting('3102')]).toEqual([[], [id]]);
    const decide = (as: string) =>
      hub.call('POST', `/requests/${id}/decisions`, { decision: 'approve' }, { as, ...approver });
    expect((await decide('3100')).body.code).toBe('request.not_approver');
    const decided = await decide('3102');
    expect(decided.body).toMatchObject({ status: 'approved', decidable: null, decisions: [{ approver: manager }] });
  });

  it('whose approver leaves is listed, counted, and goes on when it is reassigned', async () => {
    await team(hub, '3110', '3111');
    await hub.stated(hrMessage('hired', engineer('3112')));
    await known(hub, '3112');
    const id = await asked(hub, '3111');
    expect([await undecidable(), await gauge()]).toEqual([[], 0]);
    await hub.stated(hrMessage('terminated', engineer('3110'), 2));
    expect(await undecidable()).toMatchObject([{ id, decidable: false, approvers: [{ employeeId: '3110' }] }]);
    expect(await gauge()).toBe(1);

    const reassign = (approvers: string[], more: object = { as: 'admin', roles: ['policy-admin'] }) =>
      hub.call('POST', `/requests/${id}/reassign`, { approvers, reason: 'The manager has left' }, more);
    expect((await reassign([identityOf('3112')], { as: '3112', ...approver })).status).toBe(403);
    for (const [who, detail] of [
      [identityOf('3111'), 'names the requester or the beneficiary'],
      [identityOf('3110'), 'names a person who has left'],
      [idOf('nobody'), 'names no known identity'],
    ] as const) {
      const { status, body } = await reassign([who]);
      expect([status, body.errors[0]]).toEqual([
        400,
        { pointer: '/approvers/0', detail: expect.stringContaining(detail) },
      ]);
    }
    hub.clock.advance(3600_000);
    const due = new Date(Date.parse(hub.clock.now()) + 3 * 24 * 3600_000).toISOString();
    const reassigned = await reassign([identityOf('3112')]);
    expect([reassigned.status, reassigned.body]).toMatchObject([
      200,
      { decidable: true, approvers: [{ employeeId: '3112' }], dueAt: due },
    ]);
    expect([await undecidable(), await gauge()]).toEqual([[], 0]);
    expect(await waiting('3112')).toEqual([id]);
    const told = (await hub.published(topics.decisions)).at(-1);
    expect(told).toMatchObject({
      type: 'hub.governance.request.reassigned.v1',
      body: { approvers: [identityOf('3112')], reason: 'The manager has left' },
    });
    const decision = { decision: 'approve' };
    const decided = await hub.call('POST', `/requests/${id}/decisions`, decision, { as: '3112', ...approver });
    expect([decided.status, decided.body.status]).toEqual([200, 'approved']);
    expect((await reassign([identityOf('3112')])).body.code).toBe('request.not_pending');
  });

  it('that is reassigned to too few for its quorum stays as it was', async () => {
    await team(hub, '3120', '3121');
    await hub.stated(hrMessage('hired', engineer('3122')));
    await packageWith('by-both', ['manager', `user:${identityOf('3122')}`], { quorum: 2 });
    const { body } = await ask('3121', 'by-both');
    const answer = await hub.call('POST', `/requests/${body.id}/reassign`, {
      approvers: [identityOf('3122')],
      reason: 'x',
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/approvers']);
    await hub.stated(hrMessage('terminated', engineer('3122'), 2));
    expect((await undecidable()).map(({ id }) => id)).toEqual([body.id]);
  });

  it('is cancelled by a policy administrator, and by nobody else whom it is no business of', async () => {
    await team(hub, '3130', '3131');
    const id = await asked(hub, '3131');
    const cancel = (as: string, roles: string[]) =>
      hub.call('POST', `/requests/${id}/cancel`, undefined, { as, roles });
    expect((await cancel('3130', ['requester'])).body.code).toBe('request.not_requester');
    const cancelled = await cancel('admin', ['policy-admin']);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', code: 'cancelled_by_administrator', decidable: null });
    expect(await hub.db.query(`select 1 from timer where key = $1`, [id])).toEqual([]);
  });

  it('made before approvers were kept is decided by those whom its stage means today', async () => {
    await team(hub, '3140', '3141');
    const id = await asked(hub, '3141');
    // As an earlier version of the hub stored it.
    await hub.db.query(`alter table events disable trigger user`);
    await hub.db.query(
      `update events set data = (data::jsonb - 'approverIds')::text where stream = $1 and type = 'AccessRequested'`,
      [`request-${id}`],
    );
    await hub.db.query(`alter table events enable trigger user`);
    const decision = { decision: 'approve' };
    const decided = await hub.call('POST', `/requests/${id}/decisions`, decision, { as: '3140', ...approver });
    expect([decided.status, decided.body.status, decided.body.approvers.length]).toEqual([200, 'approved', 1]);
  });
});

describe('approvals', () => {
  it('are listed with the oldest due first, page by page', async () => {
    await team(hub, '3200', '3201');
    await hub.call('PUT', '/access-packages/slow', {
      displayName: 'slow',
      grants: [{ application: 'wiki', group: 'Slow' }],
      requestFor: 'self',
      approval: { stages: [{ approvers: ['manager'], timeout: 'P9D' }] },
    });
    const slow = (await ask('3201', 'slow')).body.id as string;
    const soon = await asked(hub, '3201');
    expect(await waiting('3200')).toEqual([soon, slow]);
    const first = await hub.call('GET', '/approvals?limit=1', undefined, { as: '3200', ...approver });
    const next = `/approvals?limit=1&cursor=${first.body.nextCursor}`;
    const second = await hub.call('GET', next, undefined, { as: '3200', ...approver });
    expect([first, second].map(({ body }) => body.items[0].id)).toEqual([soon, slow]);
    expect(second.body.nextCursor).toBeNull();
    const wrong = Buffer.from(JSON.stringify(['soon', slow])).toString('base64url');
    const refused = await hub.call('GET', `/approvals?cursor=${wrong}`, undefined, { as: '3200', ...approver });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/cursor']);
  });

  it('do not count who left between the reading and the commit of a request', async () => {
    await team(hub, '3210', '3211');
    const held = hub.hold(/insert into request as r/);
    const asking = ask('3211', 'wiki-editor');
    await held.arrived;
    await hub.stated(hrMessage('terminated', engineer('3210'), 2));
    held.release();
    const { status, body } = await asking;
    expect([status, body.code]).toEqual([409, 'request.nobody_can_decide']);
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
