import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  engineer,
  expectContractsKept,
  requester,
  staff,
  wikiCompany,
} from '../wiki-company.fixtures.js';

/** 7000 and 7001 manage; the others report to 7000 at first. Each test has people of its own. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  const reports = Object.fromEntries(['7010', '7011', '7012', '7013', '7014', '7015'].map((id) => [id, '7000']));
  await staff(hub, { '7000': null, '7001': null, ...reports });
  await packageNamed('notes', {});
  await packageNamed('tools', { eligibility: 'department eq "Engineering"', eligibilityLost: 'approve-again' });
  await packageNamed('labs', { eligibility: 'department eq "Engineering"', graceDays: 5 });
});
afterAll(() => hub.stop());

const packageNamed = (id: string, more: object) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'wiki', group: id }],
    requestFor: 'self',
    approval: 'none',
    requireJustification: false,
    ...more,
  });
const ask = async (as: string, packageId: string): Promise<void> => {
  const { status } = await hub.call('POST', '/requests', { packageId }, { as, ...requester });
  expect(status).toBe(201);
};
const groupsOf = async (who: string): Promise<readonly string[]> =>
  (await accessOf(hub, who)).accounts[0]?.groups ?? [];
const assignments = async (who: string, filter = '') =>
  (
    await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent(`identityId eq "${identityOf(who)}" and cause.type ne "birthright"${filter}`)}`,
    )
  ).body.items as { id: string; packageId: string; status: string; code: string | null; grace: object | null }[];
const reviews = async (as: string) =>
  (await hub.call('GET', '/mover-reviews', undefined, { as, ...approver })).body.items as { assignmentId: string }[];
const rule = (body: object, id = 'everybody') => hub.call('PUT', `/mover-rules/${id}`, body);

it('a rename map with a circle is refused, also one over two rules; so are two new names of one thing', async () => {
  const renames = (...pairs: [string, string][]) => pairs.map(([from, to]) => ({ attribute: 'department', from, to }));
  const movers = { displayName: 'Movers', requestedAccess: 'review', days: 10 };
  const circle = await rule({ ...movers, renames: renames(['A', 'B'], ['B', 'A']) });
  expect([circle.status, circle.body.errors]).toMatchObject([400, [{ pointer: '/renames' }]]);
  const made = await rule({ ...movers, renames: renames(['Engineering', 'Technology']) });
  expect([made.status, made.body.renames]).toMatchObject([201, [{ to: 'Technology' }]]);
  const other = await rule({ ...movers, renames: renames(['Technology', 'Engineering']) }, 'second');
  expect([other.status, other.body.errors[0].detail]).toEqual([400, expect.stringContaining('Engineering')]);
  expect((await rule({ ...movers, renames: renames(['Engineering', 'Labs']) }, 'second')).body.errors).toMatchObject([
    { pointer: '/renames/0' },
  ]);
  expect((await rule({ ...movers, days: 0 }, 'second')).body.errors).toMatchObject([{ pointer: '/days' }]);
  expect((await rule({ ...movers, filter: 'department eq' }, 'second')).body.errors).toMatchObject([
    { pointer: '/filter' },
  ]);
  expect((await hub.call('GET', '/mover-rules')).body.items).toMatchObject([{ id: 'everybody', version: 1 }]);
});

it('requested access of a mover is put to the new manager, item by item; no answer ends it', async () => {
  for (const id of ['notes', 'tools', 'labs']) await ask('7010', id);
  await hub.stated(hrMessage('moved', engineer('7010', { department: 'Technology', managerId: '7001' }), 2));
  // A new name of the department is no move; what depends on the old name is a question of eligibility.
  expect(await assignments('7010')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ packageId: 'notes', grace: null }),
      expect.objectContaining({
        packageId: 'tools',
        grace: expect.objectContaining({ code: 'not_eligible', decides: 'manager' }),
      }),
      expect.objectContaining({
        packageId: 'labs',
        grace: expect.objectContaining({ code: 'not_eligible', decides: 'nobody' }),
      }),
    ]),
  );
  await hub.stated(hrMessage('moved', engineer('7010', { department: 'Sales', managerId: '7001' }), 3));
  const waiting = await reviews('7001');
  expect([waiting.length, await reviews('7000')]).toEqual([2, []]);
  const word = (index: number, body: object, as = '7001') =>
    hub.call('POST', `/mover-reviews/${waiting[index]?.assignmentId}/decide`, body, { as, ...approver });
  expect((await word(0, { decision: 'keep', reason: 'x' }, '7000')).status).toBe(404);
  expect((await word(0, { decision: 'keep', reason: 'x' }, '7010')).body.code).toBe('access_review.own');
  expect((await word(0, { decision: 'shorten', reason: 'x' })).body.errors).toMatchObject([{ pointer: '/until' }]);
  expect((await word(0, { decision: 'keep', reason: 'Needed' })).body).toMatchObject({ decision: 'keep' });
  expect((await word(0, { decision: 'keep', reason: 'Needed' })).body.code).toBe('access_review.not_open');
  const shortened = await word(1, { decision: 'shorten', until: '2026-03-20T00:00:00Z', reason: 'Handover' });
  expect(shortened.status).toBe(200);
  expect(await reviews('7001')).toEqual([]);
  expect((await assignments('7010', ' and until eq "2026-03-20T00:00:00Z"')).length).toBe(1);
  hub.clock.set('2026-03-07T09:00:00.000Z');
  await eventually(async () => (await assignments('7010', ' and code eq "not_eligible"')).length === 1);
});

it('a move that comes with another manager and a leave loses nothing, and what nobody keeps ends', async () => {
  await ask('7011', 'notes');
  await hub.stated(hrMessage('leave-started', engineer('7011', { department: 'Sales', managerId: '7001' }), 2));
  expect(await reviews('7001')).toMatchObject([{ identityId: identityOf('7011'), package: { id: 'notes' } }]);
  // The manager of today decides.
  await hub.stated(hrMessage('changed', engineer('7011', { department: 'Sales', managerId: '7000' }), 3));
  expect([await reviews('7001'), (await reviews('7000')).length]).toEqual([[], 1]);
  const steps = (await hub.call('GET', `/identities/${identityOf('7011')}/schedule`)).body.items;
  expect(steps).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: 'assignment-ends', at: '2026-03-17T09:00:00.000Z', packageId: 'notes' }),
    ]),
  );
  hub.clock.set('2026-03-17T09:00:00.000Z');
  await eventually(async () => (await assignments('7011', ' and code eq "moved"')).length === 1);
  // What ended it leads back to HR's statement of the move.
  const types = (await hub.published(topics.decisions)).filter(({ key }) => key === identityOf('7011'));
  const [began] = types.filter(({ type }) => type === 'hub.governance.assignment.grace-started.v1');
  expect(types.filter(({ type }) => type === 'hub.governance.assignment.revoked.v1')).toMatchObject([
    { causationId: began?.id, correlationId: began?.correlationId },
  ]);
  expect(await groupsOf('7011')).toEqual([]);
});

it('a birthright that is revoked is excluded with reason and end, listed, and ended early', async () => {
  const of = encodeURIComponent(`identityId eq "${identityOf('7012')}"`);
  const [held] = (await hub.call('GET', `/assignments?filter=${of}`)).body.items;
  const revoke = (body: object) => hub.call('POST', `/assignments/${held.id}/revoke`, body);
  expect((await revoke({ reason: 'Inquiry', until: '2026-01-01T00:00:00Z' })).body.errors).toMatchObject([
    { pointer: '/until' },
  ]);
  const revoked = await revoke({ reason: 'Inquiry', until: '2026-05-01T00:00:00Z' });
  expect([revoked.status, revoked.body.code, revoked.body.reason]).toEqual([
    200,
    'revoked_by_administrator',
    'Inquiry',
  ]);
  await hub.stated(hrMessage('changed', engineer('7012', { managerId: '7000', jobTitle: 'Lead' }), 2));
  const list = async () => (await hub.call('GET', `/birthright-exclusions?filter=${of}`)).body.items;
  const [exclusion] = await list();
  expect(exclusion).toMatchObject({
    packageId: 'wiki-user',
    status: 'active',
    until: '2026-05-01T00:00:00.000Z',
    reason: 'Inquiry',
  });
  expect((await accessOf(hub, '7012')).entitlements).toEqual([]);
  const why = await hub.call('GET', `/identities/${identityOf('7012')}/access/wiki/explanation`);
  expect(why.body.noAccess.packages).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        rules: [expect.objectContaining({ condition: 'nobody has revoked it for this time', saw: exclusion.until })],
      }),
    ]),
  );
  const end = (as: string, roles: string[]) =>
    hub.call('POST', `/birthright-exclusions/${exclusion.id}/end`, {}, { as, roles });
  expect((await end('7012', ['requester'])).body.code).toBe('birthright_exclusion.not_yours');
  expect((await end('7013', ['requester'])).status).toBe(404);
  expect((await end('admin', ['policy-admin'])).body).toMatchObject({ status: 'ended', code: 'ended_early' });
  expect((await end('admin', ['policy-admin'])).body.code).toBe('birthright_exclusion.over');
  expect((await accessOf(hub, '7012')).entitlements).toMatchObject([{ account: true }]);
});

it('a birthright that separation of duties withholds is listed with the rule, until it is given', async () => {
  await ask('7013', 'notes');
  await packageNamed('audit', { incompatibleWith: ['notes'] });
  const filter = `employeeId eq "7013"`;
  await hub.call('PUT', '/birthright-rules/audits', {
    displayName: 'Audits',
    filter,
    packages: ['audit'],
    graceDays: 3,
  });
  const list = async () => (await hub.call('GET', '/withheld-birthrights')).body.items;
  await eventually(async () => (await list()).length === 1);
  expect(await list()).toMatchObject([
    { identityId: identityOf('7013'), ruleId: 'audits', because: [{ rule: 'package:audit' }], endedAt: null },
  ]);
  const [asked] = await assignments('7013');
  await hub.call('POST', `/assignments/${asked?.id}/revoke`, { reason: 'Over' });
  expect(await list()).toMatchObject([{ endedAt: expect.any(String) }]);
  expect(await groupsOf('7013')).toEqual(['audit']);
});

it('a termination that is taken back restores what was taken; a hire gives it back by a request only', async () => {
  await ask('7014', 'notes');
  const record = engineer('7014', { managerId: '7000' });
  const at = (hour: string, message: ReturnType<typeof hrMessage>) => ({
    ...message,
    time: `2026-03-17T${hour}:00:00.000Z`,
  });
  await hub.stated(at('04', hrMessage('terminated', record, 2)));
  expect(await groupsOf('7014')).toEqual([]);
  await hub.stated(at('05', hrMessage('rehired', record, 3)));
  expect(await groupsOf('7014')).toEqual(['notes']);
  await hub.stated(at('06', hrMessage('terminated', record, 4)));
  await hub.stated(at('07', hrMessage('rehired', { ...record, hireDate: '2026-03-10' }, 5)));
  expect(await groupsOf('7014')).toEqual([]);
  const former = (as: string) =>
    hub.call('GET', `/identities/${identityOf('7014')}/former-access`, undefined, { as, ...requester });
  const { items } = (await former('7000')).body;
  expect(items).toMatchObject([{ package: { id: 'notes' }, request: { beneficiaryId: identityOf('7014') } }]);
  expect((await former('7001')).status).toBe(404);
  // Tokens of somebody who comes back are good as soon as the directory knows.
  await eventually(async () => {
    const asked = await hub.call('POST', '/requests', items[0].request, { as: '7014', ...requester });
    return asked.status === 201;
  });
  expect(await groupsOf('7014')).toEqual(['notes']);
  expect((await former('7000')).body.items).toEqual([]);
});

it('a termination that is taken back reopens requests and gives exceptions back', async () => {
  await packageNamed('paying', { approval: { stages: [{ approvers: ['manager'], timeout: 'P10D' }] } });
  await packageNamed('checking', { incompatibleWith: ['notes'] });
  const identityId = identityOf('7015');
  const assign = async (packageId: string): Promise<number> =>
    (await hub.call('POST', '/assignments', { packageId, identityId, reason: 'x' })).status;
  expect(await assign('notes')).toBe(201);
  const exception = { identityId, mitigation: 'Four eyes', endsAt: '2026-12-01T00:00:00Z' };
  const granted = await hub.call('POST', '/separation-rules/package:checking/exceptions', exception);
  expect([granted.status, await assign('checking')]).toEqual([201, 201]);
  await ask('7015', 'paying');
  const requests = async () => {
    const filter = encodeURIComponent(`beneficiaryId eq "${identityOf('7015')}" and packageId eq "paying"`);
    return (await hub.call('GET', `/requests?filter=${filter}`)).body.items as { id: string; status: string }[];
  };
  const exceptions = async () => {
    const filter = encodeURIComponent(`identityId eq "${identityOf('7015')}"`);
    return (await hub.call('GET', `/separation-exceptions?filter=${filter}`)).body.items as { status: string }[];
  };
  const record = engineer('7015', { managerId: '7000' });
  await hub.stated({ ...hrMessage('terminated', record, 2), time: hub.clock.now() });
  expect([await groupsOf('7015'), await requests()]).toMatchObject([[], [{ status: 'cancelled' }]]);
  expect(await exceptions()).toMatchObject([{ endedAt: expect.any(String) }]);
  await hub.stated({ ...hrMessage('rehired', record, 3), time: hub.clock.now() });
  expect(await requests()).toMatchObject([{ status: 'pending' }]);
  expect(await exceptions()).toMatchObject([{ endedAt: null, mitigation: 'Four eyes' }]);
  expect((await groupsOf('7015')).toSorted()).toEqual(['checking', 'notes']);
  const [request] = await requests();
  const decided = await hub.call(
    'POST',
    `/requests/${request?.id}/decisions`,
    { decision: 'approve' },
    { as: '7000', ...approver },
  );
  expect([decided.status, (await groupsOf('7015')).length]).toEqual([200, 3]);
});

it('everything published keeps its contract', () => expectContractsKept(hub));
