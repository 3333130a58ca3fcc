import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, approver, asked, requester, staff, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await packageWith('payer', { incompatibleWith: ['approver'] });
  await packageWith('approver', {});
  await staff(hub, { 6000: null, 6001: '6000', 6002: '6000', 6003: '6000', 6004: '6000' });
});
afterAll(() => hub.stop());

const packageWith = (id: string, more: object) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'wiki', group: id }],
    requestFor: 'self',
    approval: { stages: [{ approvers: ['manager'] }] },
    ...more,
  });
const ask = (as: string, packageId: string, more: object = {}) =>
  hub.call('POST', '/requests', { packageId, justification: 'x', ...more }, { as, ...requester });
const approve = async (id: string) =>
  (await hub.call('POST', `/requests/${id}/decisions`, { decision: 'approve' }, { as: '6000', ...approver })).body;
const groupsOf = async (employeeId: string): Promise<string[]> => (await accessOf(hub, employeeId)).accounts[0].groups;
const revoke = (id: string) => hub.call('POST', `/assignments/${id}/revoke`, { reason: 'x' });

it.each([
  ['6001', 'payer', 'approver'],
  ['6002', 'approver', 'payer'],
])('%s with %s is refused %s, both ways, and it is recorded', async (who, held, wanted) => {
  await approve(await asked(hub, who, { packageId: held }));
  const { status, body } = await ask(who, wanted);
  expect([status, body.code, body.detail]).toEqual([409, 'request.incompatible', expect.stringContaining(held)]);
  const told = (await hub.published(topics.decisions)).at(-1);
  expect(told).toMatchObject({
    type: 'hub.governance.request.refused.v1',
    body: { package: wanted, code: 'request.incompatible' },
  });
  const { items } = (await hub.call('GET', '/requestable-packages', undefined, { as: who, ...requester })).body;
  const shown = items.find(({ id }: { id: string }) => id === wanted);
  expect(shown.reasons).toEqual([{ code: 'request.incompatible', reason: expect.stringContaining(held) }]);
});

it('what is only asked for, or scheduled, excludes the other, too', async () => {
  const id = await asked(hub, '6003', { packageId: 'payer', startsAt: '2026-03-10T09:00:00Z' });
  expect((await ask('6003', 'approver')).body.code).toBe('request.incompatible');
  expect((await approve(id)).status).toBe('approved');
  expect((await ask('6003', 'approver')).body.code).toBe('request.incompatible');
});

it('the last approval is checked again', async () => {
  await packageWith('late', {});
  const id = await asked(hub, '6001', { packageId: 'late' });
  await packageWith('late', { incompatibleWith: ['payer'] });
  expect(await approve(id)).toMatchObject({ status: 'denied', code: 'incompatible' });
  expect(await groupsOf('6001')).not.toContain('late');
});

it('a scheduled one does not begin beside an incompatible one', async () => {
  await packageWith('first', {});
  await packageWith('second', {});
  const scheduled = await approve(await asked(hub, '6004', { packageId: 'first', startsAt: '2026-03-04T09:00:00Z' }));
  await approve(await asked(hub, '6004', { packageId: 'second' }));
  await packageWith('first', { incompatibleWith: ['second'] });
  hub.clock.set('2026-03-04T09:00:00.000Z');
  const shown = async () => (await hub.call('GET', `/assignments/${scheduled.assignmentId}`)).body;
  await eventually(async () => (await shown()).status === 'revoked');
  expect([(await shown()).code, await groupsOf('6004')]).toEqual(['incompatible', ['second']]);
});

it('birthright is withheld beside an incompatible one, says why, and comes once that ends', async () => {
  await packageWith('auditors', { requestFor: null, approval: null, incompatibleWith: ['approver'] });
  const rule = { displayName: 'Auditors', filter: 'department eq "Engineering"', packages: ['auditors'] };
  await hub.call('PUT', '/birthright-rules/auditors', rule);
  await eventually(async () => (await groupsOf('6001')).includes('auditors'));
  expect(await groupsOf('6002')).not.toContain('auditors');
  const { items } = (
    await hub.call('GET', `/assignments?filter=packageId eq "approver" and identityId eq "${identityOf('6002')}"`)
  ).body;
  expect((await revoke(items[0].id)).status).toBe(200);
  expect(await groupsOf('6002')).toContain('auditors');
});
