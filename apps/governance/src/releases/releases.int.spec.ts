import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, engineer, expectContractsKept, known, requester, wikiCompany } from '../wiki-company.fixtures.js';

/** 8000 and 8001 own the package `tools`; 8002 is in sales later; 8003 has `auditor`, too. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  const ids = ['8000', '8001', '8002', '8003', '8004'];
  await hub.stated(...ids.map((id) => hrMessage('hired', engineer(id))));
  await known(hub, ...ids);
  await hub.call('PUT', '/access-packages/auditor', { displayName: 'Auditor', grants: groups('audit') });
  await hub.call('PUT', '/separation-rules/build-audit', {
    displayName: 'Who builds does not audit',
    left: [{ application: 'wiki', group: 'build' }],
    right: [{ application: 'wiki', group: 'audit' }],
    mode: 'prevent',
  });
  await tools('edit');
  for (const who of ['8001', '8002', '8003', '8004']) await assign('8000', who, 'tools');
  await hub.call('POST', '/assignments', {
    ...{ packageId: 'auditor', identityId: identityOf('8003'), reason: 'Audits' },
  });
  await hub.stated(hrMessage('moved', engineer('8002', { department: 'Sales' }), 2));
});
afterAll(() => hub.stop());

const groups = (...names: readonly string[]) => names.map((group) => ({ application: 'wiki', group }));
const packageOf = (names: readonly string[], query: string) =>
  hub.call('PUT', `/access-packages/tools${query}`, {
    displayName: 'Tools',
    grants: groups(...names),
    eligibility: 'department eq "Engineering"',
    owners: [identityOf('8000'), identityOf('8001')],
  });
const tools = (...names: readonly string[]) => packageOf(names, '');
const assign = (as: string, who: string, packageId: string) =>
  hub.call('POST', '/assignments', { packageId, identityId: identityOf(who), reason: 'Needed' }, { as, ...requester });
const groupsOf = async (who: string): Promise<string[]> => (await accessOf(hub, who)).accounts[0]?.groups ?? [];
const release = (as: string, version: number, query = '') =>
  hub.call('POST', `/access-packages/tools/release${query}`, { version, reason: 'We build' }, { as, ...requester });
const list = async (path: string, as?: string) =>
  (await hub.call('GET', path, undefined, as === undefined ? {} : { as, ...requester })).body.items;

it('a version that adds is foreseen in names, with those to whom it would be refused, and changes nobody by itself', async () => {
  const { body: foreseen } = await packageOf(['edit', 'build'], '?dryRun=true');
  expect(foreseen).toMatchObject({ gains: 2, loses: 0, refused: 2, needsRelease: true });
  const why = Object.fromEntries(
    foreseen.people.map((one: { employeeId: string; refused: { code: string }[]; gains: object[] }) => [
      one.employeeId,
      one.refused[0]?.code ?? one.gains,
    ]),
  );
  expect(why).toMatchObject({ '8002': 'not_eligible', '8003': 'incompatible' });
  expect(why['8004']).toMatchObject([{ group: 'build', application: { id: 'wiki' } }]);
  const { status, body } = await tools('edit', 'build');
  expect([status, body.version]).toEqual([200, 2]);
  await hub.quiet();
  expect(await groupsOf('8004')).toEqual(['edit']);
  expect(await list('/waiting-versions', '8000')).toMatchObject([
    { packageId: 'tools', version: 2, released: null, grants: [{ group: 'build' }], holders: 4 },
  ]);
  expect(await list('/waiting-versions', '8004')).toEqual([]);
});

it('only an owner releases it, and only the version that they looked at', async () => {
  expect((await release('8004', 2)).body.code).toBe('package_version.not_owner');
  const byAdministrator = await hub.call('POST', '/access-packages/tools/release', { version: 2 });
  expect(byAdministrator.body.code).toBe('package_version.not_owner');
  expect((await release('8001', 1)).body.code).toBe('package_version.not_newest');
  expect((await release('8001', 0)).body.errors).toMatchObject([{ pointer: '/version' }]);
  const unknown = await hub.call('POST', '/access-packages/nothing/release', { version: 1 });
  expect(unknown.status).toBe(404);
});

it('a release reaches each holder who may have it; the others are listed with the reason', async () => {
  const { status, body: foreseen } = await release('8001', 2, '?dryRun=true');
  expect([status, foreseen]).toMatchObject([202, { dryRun: true, gains: 1, refused: 3 }]);
  const { body: job } = await release('8001', 2);
  expect(job).toMatchObject({ change: { kind: 'access-package', id: 'tools', version: 2 } });
  await eventually(async () => (await groupsOf('8004')).includes('build'));
  const explained = await hub.call('GET', `/identities/${identityOf('8004')}/access/wiki/explanation`);
  const built = explained.body.entitlements.find((one: { group?: string }) => one.group === 'build');
  expect(built.because[0].later).toMatchObject([
    {
      type: 'hub.governance.assignment.version-reached.v1',
      versions: [{ id: 'tools', displayName: 'Tools', version: 2 }],
      chain: [{}, { person: { employeeId: '8001' } }],
    },
  ]);
  await hub.quiet();
  const withheld = await list('/withheld-versions?filter=packageId eq "tools"', '8000');
  const codes = withheld.map((one: { identity: { employeeId: string }; code: string }) => [
    one.identity.employeeId,
    one.code,
  ]);
  expect(codes.sort()).toEqual([
    ['8001', 'own_release'],
    ['8002', 'not_eligible'],
    ['8003', 'incompatible'],
  ]);
  expect(withheld.find((one: { code: string }) => one.code === 'incompatible').because).toMatchObject([
    { rule: 'build-audit', packages: [{ id: 'auditor' }, { id: 'tools' }] },
  ]);
  expect((await list('/withheld-versions', '8003')).length).toBe(1);
  expect((await release('8001', 2)).body.code).toBe('package_version.nothing_to_release');
  expect(await list('/waiting-versions')).toEqual([]);
});

it('another owner releases it to the first one; what ends its reason reaches the others', async () => {
  expect((await release('8000', 2)).status).toBe(202);
  await eventually(async () => (await groupsOf('8001')).includes('build'));
  const [audits] = await list(`/assignments?filter=packageId eq "auditor"`);
  await hub.call('POST', `/assignments/${audits.id}/revoke`, { reason: 'No longer' });
  expect(await groupsOf('8003')).toEqual(['build', 'edit']);
  await hub.stated(hrMessage('moved', engineer('8002'), 3));
  expect(await groupsOf('8002')).toEqual(['build', 'edit']);
  expect(await list('/withheld-versions')).toEqual([]);
});

it('what a version takes away goes by itself', async () => {
  await tools('build', 'deploy');
  await eventually(async () => !(await groupsOf('8004')).includes('edit'));
  expect(await groupsOf('8004')).toEqual(['build']);
  expect((await release('8000', 3)).status).toBe(202);
  await eventually(async () => (await groupsOf('8004')).includes('deploy'));
});

it('where nobody owns the package, who defines the version has released it; separation of duties decides all the same', async () => {
  const shared = (...names: readonly string[]) =>
    hub.call('PUT', '/access-packages/shared', { displayName: 'Shared', grants: groups(...names) });
  await shared('one');
  for (const who of ['8000', '8004'])
    await hub.call('POST', '/assignments', { packageId: 'shared', identityId: identityOf(who), reason: 'Needed' });
  const { body } = await shared('one', 'audit');
  await eventually(async () => (await groupsOf('8000')).includes('audit'));
  await hub.quiet();
  expect((await hub.call('GET', `/jobs/${body.job.id}`)).body).toMatchObject({ gained: 1, lost: 0 });
  expect(await list('/withheld-versions')).toMatchObject([
    { identity: { employeeId: '8004' }, heldPackage: { id: 'shared' }, code: 'incompatible' },
  ]);
});

it('a package is retired for a successor: foreseen in names, the successor first, then the old one ends', async () => {
  const next = { displayName: 'Suite', grants: groups('suite'), eligibility: 'employeeId ne "8001"' };
  await hub.call('PUT', '/access-packages/suite', next);
  await hub.call('PUT', '/access-packages/former', { displayName: 'Former', grants: groups('former') });
  for (const who of ['8000', '8001'])
    await hub.call('POST', '/assignments', { packageId: 'former', identityId: identityOf(who), reason: 'Needed' });
  await hub.call('PUT', '/access-packages/rival', {
    ...{ displayName: 'Rival', grants: [], incompatibleWith: ['former'] },
  });
  const retire = (successor: string, query = '') =>
    hub.call('PUT', `/access-packages/former${query}`, {
      ...{ displayName: 'Former', grants: groups('former'), status: 'retired', successor },
    });
  for (const wrong of ['former', 'nothing', 'rival'])
    expect([wrong, (await retire(wrong)).body.errors]).toMatchObject([wrong, [{ pointer: '/successor' }]]);
  const { body: foreseen } = await retire('suite', '?dryRun=true');
  expect(foreseen.retirement).toEqual({
    successor: { id: 'suite', displayName: 'Suite' },
    moves: 1,
    ends: 1,
    rules: [],
    incompatibilities: ['package:rival'],
  });
  expect((await retire('suite')).body).toMatchObject({ status: 'retired', successor: 'suite' });
  await eventually(async () => (await groupsOf('8000')).includes('suite'));
  await hub.quiet();
  expect(await groupsOf('8000')).toEqual(expect.arrayContaining(['former', 'suite']));
  expect(await groupsOf('8001')).not.toContain('former');
  const { sequence: desiredSequence } = await accessOf(hub, '8000');
  const about = { identity: identityOf('8000'), application: 'wiki', desiredSequence };
  await hub.publish(resultMessage('hub.provisioning.account.in-sync.v1', about, 1));
  await eventually(async () => !(await groupsOf('8000')).includes('former'));
  expect(
    await list('/assignments?filter=packageId eq "former" and identityId eq "' + identityOf('8000') + '"'),
  ).toMatchObject([{ status: 'revoked', code: 'package_retired' }]);
  await expectContractsKept(hub);
});
