import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, engineer, expectContractsKept, known, requester, wikiCompany } from '../wiki-company.fixtures.js';

/** 8000 owns the packages; 8001 to 8003 are engineers, 8004 is in sales. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(
    ...['8000', '8001', '8002', '8003'].map((id) => hrMessage('hired', engineer(id))),
    hrMessage('hired', engineer('8004', { department: 'Sales' })),
  );
  await known(hub, '8000', '8001', '8002', '8003', '8004');
  await packageWith('root', { maxDuration: 'P30D', justInTime: 'PT8H', breakGlass: 'PT4H' });
  await packageWith('watcher', { incompatibleWith: ['root'] });
});
afterAll(() => hub.stop());

const packageWith = (id: string, more: object = {}) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'wiki', group: id }],
    eligibility: 'department eq "Engineering"',
    owners: [identityOf('8000')],
    ...more,
  });
const assign = (as: string, more: object, headers: Record<string, string> = {}) =>
  hub.call('POST', '/assignments', { packageId: 'root', reason: 'Covers', ...more }, { as, ...requester, headers });
const to = (who: string, more: object = {}) => ({ identityId: identityOf(who), ...more });
const groupsOf = async (who: string): Promise<string[]> => (await accessOf(hub, who)).accounts[0].groups;

it('an owner assigns a package within its policy, sees who holds it, and revokes it', async () => {
  expect((await assign('8001', to('8002'))).body.code).toBe('assignment.not_owner');
  expect((await assign('8000', to('8000'))).body.code).toBe('assignment.own');
  expect((await assign('8000', to('8004'))).body.code).toBe('assignment.not_eligible');
  const late = await assign('8000', to('8001', { endsAt: '2026-05-01T09:00:00Z' }));
  expect([late.status, late.body.errors[0].pointer]).toEqual([400, '/endsAt']);
  const { status, body, headers } = await assign('8000', to('8001'), { 'idempotency-key': 'once' });
  expect([status, headers.get('location')]).toEqual([201, `/governance/v1/assignments/${body.id}`]);
  expect(body).toMatchObject({
    status: 'active',
    cause: { type: 'direct', by: identityOf('8000') },
    until: '2026-04-01T09:00:00.000Z',
    justification: 'Covers',
  });
  expect((await assign('8000', to('8001'), { 'idempotency-key': 'once' })).body.id).toBe(body.id);
  expect((await assign('8000', to('8001'))).body.code).toBe('assignment.already_held');
  expect(await groupsOf('8001')).toEqual(['root']);
  const seen = async (as: string) =>
    (await hub.call('GET', '/assignments?filter=packageId eq "root"', undefined, { as, ...requester })).body.items;
  expect([await seen('8000'), await seen('8002')]).toMatchObject([[{ id: body.id }], []]);
  const revoke = (as: string) =>
    hub.call('POST', `/assignments/${body.id}/revoke`, { reason: 'Over' }, { as, ...requester });
  expect((await revoke('8002')).status).toBe(404);
  expect((await revoke('8000')).body).toMatchObject({
    status: 'revoked',
    code: 'revoked_by_owner',
    justification: 'Covers',
  });
  expect(await groupsOf('8001')).toEqual([]);
});

it('what separates duties keeps every such way closed', async () => {
  expect((await assign('8000', to('8002', { packageId: 'watcher' }))).status).toBe(201);
  for (const refused of [
    await assign('8000', to('8002')),
    await assign('8002', { type: 'just-in-time' }),
    await assign('8002', { type: 'break-glass' }),
  ])
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'assignment.incompatible',
      expect.stringContaining('watcher (rule package:watcher)'),
    ]);
});

it('who is eligible activates a package for hours, and it ends by itself', async () => {
  expect(
    (await assign('8003', { type: 'just-in-time', startsAt: '2026-03-03T09:00:00Z' })).body.errors[0].pointer,
  ).toBe('/startsAt');
  const { status, body } = await assign('8003', { type: 'just-in-time' });
  expect([status, body.cause, body.until]).toEqual([
    201,
    { type: 'just-in-time', by: identityOf('8003') },
    '2026-03-02T17:00:00.000Z',
  ]);
  hub.clock.set('2026-03-02T17:00:00.000Z');
  await eventually(async () => (await groupsOf('8003')).length === 0);
});

it('access is taken in an emergency at once, and an owner reviews it after, once', async () => {
  const { status, body } = await assign('8001', { type: 'break-glass', reason: 'The payment run failed' });
  expect([status, body.until, await groupsOf('8001')]).toEqual([201, '2026-03-02T21:00:00.000Z', ['root']]);
  const waiting = await hub.call('GET', '/emergencies?filter=not (outcome pr)', undefined, {
    as: '8000',
    ...requester,
  });
  expect(waiting.body.items).toMatchObject([
    { assignmentId: body.id, identity: { employeeId: '8001' }, outcome: null },
  ]);
  const review = (as: string) =>
    hub.call(
      'POST',
      `/emergencies/${body.id}/review`,
      { outcome: 'justified', comment: 'It was' },
      { as, ...requester },
    );
  expect((await review('8001')).body.code).toBe('emergency.not_reviewer');
  expect((await review('8002')).status).toBe(404);
  expect((await review('8000')).body).toMatchObject({ outcome: 'justified', reviewedBy: { employeeId: '8000' } });
  expect((await review('8000')).body.code).toBe('emergency.not_open');
  hub.clock.set('2026-03-02T21:00:00.000Z');
  await eventually(async () => (await groupsOf('8001')).length === 0);
});

it('a package gives what it includes, and a circle is refused', async () => {
  await packageWith('team', { grants: [], includes: ['root'] });
  expect((await packageWith('root', { includes: ['team'] })).body.errors).toMatchObject([{ pointer: '/includes/0' }]);
  expect((await packageWith('self', { includes: ['self'] })).body.errors).toMatchObject([{ pointer: '/includes/0' }]);
  await assign('8000', to('8003', { packageId: 'team' }));
  expect(await groupsOf('8003')).toEqual(['root']);
  expect((await assign('8000', to('8003', { packageId: 'watcher' }))).body.code).toBe('assignment.incompatible');
  const { body } = await packageWith('root', {
    grants: ['root', 'more'].map((group) => ({ application: 'wiki', group })),
  });
  await hub.call('POST', '/access-packages/root/release', { version: body.version }, { as: '8000', ...requester });
  await eventually(async () => (await groupsOf('8003')).includes('more'));
});

it('a version that adds brings no holder to have what is separated: it is foreseen, and refused to them', async () => {
  await packageWith('pure', { incompatibleWith: ['team'] });
  await packageWith('other');
  await assign('8000', to('8001', { packageId: 'pure' }));
  await assign('8000', to('8001', { packageId: 'other' }));
  const wider = { displayName: 'other', grants: [], includes: ['team'], owners: [identityOf('8000')] };
  const { body: foreseen } = await hub.call('PUT', '/access-packages/other?dryRun=true', wider);
  expect(foreseen).toMatchObject({ refused: 1, needsRelease: true });
  const { body } = await hub.call('PUT', '/access-packages/other', wider);
  await hub.call('POST', '/access-packages/other/release', { version: body.version }, { as: '8000', ...requester });
  await eventually(async () => {
    const withheld = await hub.call('GET', '/withheld-versions?filter=packageId eq "other"');
    return withheld.body.items.some(
      (one: { identityId: string; because: { rule: string }[] }) =>
        one.identityId === identityOf('8001') && one.because[0]?.rule === 'package:pure',
    );
  });
});

it('a deprecated package takes no requests and gives what it gave; a retired one gives nothing, for good', async () => {
  await packageWith('old', { requestFor: 'self', approval: 'none' });
  const ask = (as: string) =>
    hub.call('POST', '/requests', { packageId: 'old', justification: 'x' }, { as, ...requester });
  expect((await ask('8002')).status).toBe(201);
  await packageWith('old', { requestFor: 'self', approval: 'none', status: 'deprecated' });
  expect((await ask('8001')).body.errors).toMatchObject([{ pointer: '/packageId' }]);
  expect(await groupsOf('8002')).toContain('old');
  const retiring = { requestFor: 'self', approval: 'none', status: 'retired' };
  const foreseen = await hub.call('PUT', '/access-packages/old?dryRun=true', {
    displayName: 'old',
    grants: [{ application: 'wiki', group: 'old' }],
    ...retiring,
  });
  expect(foreseen.body).toMatchObject({ loses: 1, people: [{ employeeId: '8002', loses: [{ group: 'old' }] }] });
  await packageWith('old', retiring);
  await eventually(async () => !(await groupsOf('8002')).includes('old'));
  const { items } = (await hub.call('GET', '/assignments?filter=packageId eq "old"')).body;
  expect(items).toMatchObject([{ status: 'revoked', code: 'package_retired' }]);
  expect((await packageWith('old')).body.code).toBe('access_package.was_retired');
});

it('holders of a package own an application, and so its packages', async () => {
  await hub.call('PUT', '/applications/wiki', {
    displayName: 'Wiki',
    connectorId: 'wiki',
    owners: ['package:watcher'],
  });
  const unknown = await hub.call('PUT', '/applications/wiki', {
    displayName: 'Wiki',
    connectorId: 'wiki',
    owners: ['package:none'],
  });
  expect(unknown.body.errors).toMatchObject([{ pointer: '/owners/0' }]);
  await packageWith('open', { owners: [] });
  expect((await assign('8001', to('8003', { packageId: 'open' }))).body.code).toBe('assignment.not_owner');
  expect((await assign('8002', to('8003', { packageId: 'open' }))).status).toBe(201);
  await expectContractsKept(hub);
});
