import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { identityOf, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  asked,
  expectContractsKept,
  requester,
  staff,
  wikiCompany,
} from '../wiki-company.fixtures.js';

/** 7000 manages 7001 to 7005; 7010 owns the rules, and approves nothing. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  for (const id of ['payer', 'checker', 'clerk', 'insured']) await packageWith(id);
  const reports = Object.fromEntries(['7001', '7002', '7003', '7004', '7005'].map((id) => [id, '7000']));
  await staff(hub, { 7000: '7010', 7010: null, ...reports });
});
afterAll(() => hub.stop());

const packageWith = (id: string, more: object = {}) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'wiki', group: id }],
    requestFor: 'self',
    approval: { stages: [{ approvers: ['manager'] }] },
    ...more,
  });
const rule = (id: string, more: object = {}, query = '') =>
  hub.call('PUT', `/separation-rules/${id}${query}`, {
    displayName: 'Who pays does not check payments',
    left: ['payer'],
    right: [{ application: 'wiki', group: 'checker' }],
    owners: [identityOf('7010')],
    ...more,
  });
const ask = (as: string, packageId: string, more: object = {}) =>
  hub.call('POST', '/requests', { packageId, justification: 'x', ...more }, { as, ...requester });
const approve = async (id: string, as = '7000') =>
  (await hub.call('POST', `/requests/${id}/decisions`, { decision: 'approve' }, { as, ...approver })).body;
const give = async (who: string, packageId: string) => approve(await asked(hub, who, { packageId }));
const except = (who: string, as: string, more: object = {}, id = 'payments') =>
  hub.call(
    'POST',
    `/separation-rules/${id}/exceptions`,
    { identityId: identityOf(who), mitigation: 'Countersigned', endsAt: '2026-03-20T09:00:00Z', ...more },
    { as, ...requester },
  );
const groupsOf = async (who: string): Promise<string[]> => (await accessOf(hub, who)).accounts[0].groups;
const findingsOf = async (who: string, more = '') =>
  (await hub.call('GET', `/separation-findings?filter=identityId eq "${identityOf(who)}"${more}`)).body.items;

it('a dry run names who would violate a rule, and does nothing', async () => {
  await give('7001', 'payer');
  await give('7001', 'checker');
  await give('7002', 'payer');
  const { status, body } = await rule('payments', {}, '?dryRun=true');
  expect([status, body.version, body.violations, body.more]).toEqual([200, 0, 1, 0]);
  expect(body.people).toMatchObject([{ employeeId: '7001', packages: [{ id: 'checker' }, { id: 'payer' }] }]);
  expect((await hub.call('GET', '/separation-rules/payments')).status).toBe(404);
});

it('a new rule takes nothing, and lists who violates it with owner and due date', async () => {
  const { status, body } = await rule('payments', { dueIn: 'P10D' });
  expect([status, body.right, body.mode, body.job.change.kind]).toEqual([
    201,
    [{ application: 'wiki', group: 'checker' }],
    'prevent',
    'separation-rule',
  ]);
  await eventually(async () => (await findingsOf('7001')).length === 1);
  const [found] = await findingsOf('7001');
  expect(found).toMatchObject({
    ruleId: 'payments',
    status: 'open',
    packages: [{ id: 'checker' }, { id: 'payer' }],
    owners: [identityOf('7010')],
    dueAt: '2026-03-12T09:00:00.000Z',
  });
  expect(await groupsOf('7001')).toEqual(['checker', 'payer']);
  const owned = await hub.call('GET', '/separation-findings', undefined, { as: '7010', ...requester });
  expect(owned.body.items).toHaveLength(1);
  expect((await hub.call('GET', '/separation-findings', undefined, { as: '7002', ...requester })).body.items).toEqual(
    [],
  );
});

it('a finding is solved when the access changes', async () => {
  const { items } = (await hub.call('GET', `/assignments?filter=packageId eq "checker" and status eq "active"`)).body;
  await hub.call('POST', `/assignments/${items[0].id}/revoke`, { reason: 'separation of duties' });
  expect(await findingsOf('7001')).toMatchObject([{ status: 'solved', solvedAt: '2026-03-02T09:00:00.000Z' }]);
});

it('a request is refused that would violate it, and allowed with an exception of its owner, until that ends', async () => {
  const refused = await ask('7002', 'checker');
  expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
    409,
    'request.incompatible',
    expect.stringContaining('payer (rule payments)'),
  ]);
  expect((await except('7002', '7000')).body.code).toBe('separation.not_owner');
  expect((await except('7010', '7010')).body.code).toBe('separation.own_exception');
  expect((await except('7002', '7010', { endsAt: '2026-03-01T09:00:00Z' })).body.errors).toMatchObject([
    { pointer: '/endsAt' },
  ]);
  const granted = await except('7002', '7010');
  expect([granted.status, granted.body]).toMatchObject([
    201,
    { ruleId: 'payments', status: 'active', mitigation: 'Countersigned', grantedBy: { employeeId: '7010' } },
  ]);
  expect((await except('7002', '7010')).body.code).toBe('separation.already_excepted');
  await give('7002', 'checker');
  expect(await groupsOf('7002')).toEqual(['checker', 'payer']);
  expect(await findingsOf('7002')).toMatchObject([{ status: 'excepted' }]);
});

it('who approves what the person has of a rule grants no exception from it, nor approves after granting one', async () => {
  await rule('approved-by-owner', {
    left: ['insured'],
    right: ['clerk'],
    owners: [identityOf('7000'), identityOf('7010')],
  });
  await give('7003', 'insured');
  expect((await except('7003', '7000', {}, 'approved-by-owner')).body.code).toBe('separation.stage_approver');
  expect((await except('7004', '7000', {}, 'approved-by-owner')).status).toBe(201);
  await give('7004', 'payer');
  const both = await ask('7004', 'insured');
  await approve(both.body.id);
  const second = await ask('7004', 'clerk');
  expect([second.status, second.body.code]).toEqual([409, 'request.nobody_can_decide']);
  expect(second.body.detail).toContain('granted the exception');
});

it('at the end of the exception the later access goes, and the earlier stays', async () => {
  hub.clock.set('2026-03-20T09:00:00.000Z');
  await eventually(async () => !(await groupsOf('7002')).includes('checker'));
  expect(await groupsOf('7002')).toEqual(['payer']);
  const { items } = (
    await hub.call('GET', `/assignments?filter=identityId eq "${identityOf('7002')}" and code eq "exception_ended"`)
  ).body;
  expect(items).toMatchObject([{ packageId: 'checker', status: 'revoked' }]);
  const { body } = await hub.call('GET', `/separation-exceptions?filter=identityId eq "${identityOf('7002')}"`);
  expect(body.items).toMatchObject([{ status: 'ended', code: 'expired' }]);
  expect(await findingsOf('7002')).toMatchObject([{ status: 'solved' }]);
});

it('what packages say by incompatibleWith has exceptions, too', async () => {
  await packageWith('judge', { incompatibleWith: ['clerk'] });
  await give('7005', 'clerk');
  expect((await ask('7005', 'judge')).body.code).toBe('request.incompatible');
  const path = '/separation-rules/package:judge/exceptions';
  const terms = { identityId: identityOf('7005'), mitigation: 'x', endsAt: '2026-04-20T09:00:00Z' };
  const { status, body } = await hub.call('POST', path, terms);
  expect([status, body.ruleId]).toEqual([201, 'package:judge']);
  await give('7005', 'judge');
  const ended = await hub.call('POST', `/separation-exceptions/${body.id}/end`);
  expect([ended.status, ended.body.code]).toEqual([200, 'withdrawn']);
  expect(await groupsOf('7005')).toEqual(['clerk']);
});

it('a rule of bad words is refused by field', async () => {
  const problems = async (more: object) =>
    (await rule('bad', more)).body.errors.map((one: { pointer: string }) => one.pointer);
  expect(await problems({ left: [], right: [] })).toEqual(['/left']);
  expect(await problems({ left: ['payer'], right: [] })).toEqual(['/right']);
  expect(await problems({ left: ['payer', 7], right: ['nobody', { application: 'wiki' }] })).toEqual([
    '/left/1',
    '/right/1',
  ]);
  expect(await problems({ left: ['nobody'], right: [{ application: 'none', group: 'x' }] })).toEqual([
    '/left/0',
    '/right/0/application',
  ]);
  expect(await problems({ right: ['payer'] })).toEqual(['/right/0']);
  expect(await problems({ owners: ['me', 'package:none'] })).toEqual(['/owners/0']);
  expect(await problems({ owners: ['package:none'] })).toEqual(['/owners/0']);
  await packageWith('both', { grants: ['payer', 'checker'].map((group) => ({ application: 'wiki', group })) });
  expect(await problems({ left: [{ application: 'wiki', group: 'payer' }] })).toEqual(['/right']);
});

it('tells all of it on the topic of decisions, in words of its contract', async () => {
  await expectContractsKept(hub);
  const types = (await hub.published(topics.decisions)).map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining([
      'hub.governance.separation-exception.granted.v1',
      'hub.governance.separation-exception.ended.v1',
      'hub.governance.separation-finding.stated.v1',
      'hub.governance.separation-finding.solved.v1',
    ]),
  );
});
