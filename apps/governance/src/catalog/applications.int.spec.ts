import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import {
  desiredSequenceOf,
  engineer,
  expectContractsKept,
  known,
  requester,
  wikiCompany,
} from '../wiki-company.fixtures.js';

/** 6000 owns the vault, which nobody provisions by a connector; 6001 gets access to it. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(...['6000', '6001'].map((id) => hrMessage('hired', engineer(id))));
  await known(hub, '6000', '6001');
});
afterAll(() => hub.stop());

const vault = (more: object = {}) =>
  hub.call('PUT', '/applications/vault', {
    displayName: 'Vault',
    provisionedBy: 'manual',
    owners: [identityOf('6000')],
    region: 'eu',
    dataClass: 'restricted',
    priority: 'high',
    ...more,
  });
const admins = { group: 'Admins', description: 'Every secret', risk: 'high', privileged: true };
const packageOf = (id: string, group: string, more: object = {}) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants: [{ application: 'vault', group }],
    ...more,
  });
const confirm = (id: string, as: string, application = 'vault', roles = ['requester']) =>
  hub.call('POST', `/assignments/${id}/confirm`, { application }, { as, roles });

it('an application that the hub does not provision says by whom, and names no connector', async () => {
  const { status, body } = await vault();
  expect([status, body]).toMatchObject([
    201,
    { connectorId: null, provisionedBy: 'manual', region: 'eu', dataClass: 'restricted', priority: 'high' },
  ]);
  const listed = await hub.call('GET', '/applications?filter=provisionedBy eq "manual"');
  expect(listed.body.items).toMatchObject([{ id: 'vault', ownerPeople: [{ employeeId: '6000' }] }]);
  for (const [more, pointer] of [
    [{ connectorId: 'vault' }, '/connectorId'],
    [{ provisionedBy: 'hub' }, '/connectorId'],
    [{ provisionedBy: 'somebody' }, '/provisionedBy'],
    [{ dataClass: 'secret' }, '/dataClass'],
    [{ entitlements: [{ group: 'a' }, { group: 'a' }] }, '/entitlements/1'],
    [{ entitlements: [{ risk: 'low' }] }, '/entitlements/0'],
    [{ entitlements: [{ group: 'a', owner: 'me' }] }, '/entitlements/0/owner'],
  ] as const)
    expect((await vault(more)).body.errors).toMatchObject([{ pointer }]);
  const gone = await hub.call('PUT', '/applications/wiki', { displayName: 'Wiki', provisionedBy: 'manual' });
  expect(gone.body.code).toBe('application.connector_in_use');
});

it('what it gives is manual until an owner says that it is done, and so is what it takes', async () => {
  await packageOf('reader', 'Readers');
  const given = await hub.call('POST', '/assignments', {
    packageId: 'reader',
    identityId: identityOf('6001'),
    reason: 'x',
  });
  expect(given.body).toMatchObject({ status: 'active', delivery: 'manual' });
  const id = given.body.id as string;
  expect((await confirm(id, '6001')).body.code).toBe('assignment.own_delivery');
  expect((await confirm(id, '6000', 'wiki')).status).toBe(404);
  expect((await confirm(id, 'admin', 'wiki', ['policy-admin'])).body.code).toBe('assignment.not_manual');
  expect((await confirm(id, 'admin', 'vault', ['policy-admin'])).body).toMatchObject({ delivery: 'delivered' });
  expect((await confirm(id, 'admin', 'vault', ['policy-admin'])).body.code).toBe('assignment.nothing_to_confirm');
  const revoked = await hub.call('POST', `/assignments/${id}/revoke`, { reason: 'Over' });
  expect(revoked.body).toMatchObject({ status: 'revoked', removal: 'pending' });
  expect((await confirm(id, 'admin', 'vault', ['policy-admin'])).body).toMatchObject({ removal: 'done' });
});

it('an owner of the application sees and confirms what waits in its packages', async () => {
  const given = await hub.call('POST', '/assignments', {
    packageId: 'reader',
    identityId: identityOf('6001'),
    reason: 'x',
  });
  const waiting = await hub.call('GET', '/assignments?filter=delivery eq "manual"', undefined, {
    as: '6000',
    ...requester,
  });
  expect(waiting.body.items).toMatchObject([{ id: given.body.id, identity: { employeeId: '6001' } }]);
  const mine = async () => (await hub.call('GET', '/me/access', undefined, { as: '6001', ...requester })).body.items;
  expect(await mine()).toContainEqual(
    expect.objectContaining({ acts: 'application-owners', people: [expect.objectContaining({ employeeId: '6000' })] }),
  );
  expect((await confirm(given.body.id, '6000')).body.delivery).toBe('delivered');
  const deliveries = await hub.call('GET', `/assignments/${given.body.id}/deliveries`, undefined, {
    as: '6001',
    ...requester,
  });
  expect(deliveries.body).toMatchObject({
    applications: [{ application: { displayName: 'Vault' }, what: 'delivery', state: 'delivered' }],
    history: [{ state: 'manual' }, { state: 'delivered' }],
  });
  expect((await hub.call('GET', '/me/access', undefined, { as: '6000', ...requester })).status).toBe(200);
});

it('an application that refuses is told with its words, to the holder and to who asked', async () => {
  await hub.call('PUT', '/access-packages/editor', {
    displayName: 'Editors',
    grants: [{ application: 'wiki', group: 'Editors' }],
    requestFor: 'anyone',
    approval: 'none',
  });
  const asked = { packageId: 'editor', beneficiaryId: identityOf('6001'), justification: 'x' };
  const { body } = await hub.call('POST', '/requests', asked, { as: '6000', ...requester });
  const assignment = body.assignmentId as string;
  const refused = { kind: 'add-member', group: 'Editors', willRetry: false, detail: 'No licence is left' } as const;
  const failed = {
    identity: identityOf('6001'),
    application: 'wiki',
    desiredSequence: await desiredSequenceOf(hub, '6001'),
    because: [assignment],
    ...refused,
  };
  await hub.publish(resultMessage('hub.provisioning.operation.failed.v1', failed, 1));
  const told = async (as: string) =>
    (await hub.call('GET', `/assignments/${assignment}/deliveries`, undefined, { as, ...requester })).body;
  await eventually(async () => (await told('6000')).applications[0].state === 'failed');
  for (const as of ['6000', '6001'])
    expect((await told(as)).applications).toMatchObject([{ state: 'failed', words: 'No licence is left' }]);
  await hub.stated(hrMessage('hired', engineer('6002')));
  await known(hub, '6002');
  expect((await told('6002')).code).toBe('not_found');
});

it('what is privileged is given for a time only, and by no rule without an exception', async () => {
  await vault({ entitlements: [admins] });
  expect((await packageOf('root', 'Admins')).body.errors).toMatchObject([{ pointer: '/maxDuration' }]);
  expect((await packageOf('root', 'Admins', { maxDuration: 'P30D' })).status).toBe(201);
  const rule = (more: object = {}) =>
    hub.call('PUT', '/birthright-rules/roots', {
      displayName: 'Roots',
      filter: 'department eq "None"',
      packages: ['root'],
      ...more,
    });
  expect((await rule()).body.errors).toMatchObject([{ pointer: '/privilegedException' }]);
  const dryRun = await hub.call('PUT', '/birthright-rules/roots?dryRun=true', {
    displayName: 'Roots',
    filter: 'department eq "None"',
    packages: ['root'],
  });
  expect(dryRun.body.errors).toMatchObject([{ pointer: '/privilegedException' }]);
  const privilegedException = 'They are on call';
  expect((await rule({ privilegedException })).body).toMatchObject({
    privilegedException,
    privilegedExceptionUntil: '2026-05-31T09:00:00.000Z',
  });
  const until = '/privilegedExceptionUntil';
  const atEnd = '2026-04-01T00:00:00.000Z';
  expect((await rule({ privilegedException, privilegedExceptionUntil: '2026-03-01T00:00:00Z' })).body.errors).toEqual([
    { pointer: until, detail: expect.stringContaining('is past') },
  ]);
  expect((await rule({ privilegedExceptionUntil: atEnd })).body.errors).toMatchObject([{ pointer: until }]);
  const limited = { filter: 'employeeId eq "6002"', privilegedException, privilegedExceptionUntil: atEnd };
  expect((await rule(limited)).body).toMatchObject({ privilegedExceptionUntil: atEnd });
  const ofRoots = async () => {
    const filter = encodeURIComponent(`packageId eq "root" and identityId eq "${identityOf('6002')}"`);
    return (await hub.call('GET', `/assignments?filter=${filter}`)).body.items;
  };
  await eventually(async () => (await ofRoots()).length === 1);
  expect(await ofRoots()).toMatchObject([{ status: 'active', until: atEnd, cause: { type: 'birthright' } }]);
  hub.clock.set(atEnd);
  await eventually(async () => (await ofRoots())[0].status === 'expired');
  expect(await ofRoots()).toHaveLength(1);
  const explained = await hub.call('GET', `/identities/${identityOf('6002')}/access/vault/explanation`);
  expect([explained.status, JSON.stringify(explained.body)]).toEqual([
    200,
    expect.stringContaining('the privileged exception of the rule lasts'),
  ]);
  const readers = { group: 'Readers', privileged: true };
  expect((await vault({ entitlements: [admins, readers] })).body.errors).toMatchObject([
    { pointer: '/entitlements', detail: expect.stringContaining('package reader') },
  ]);
  await expectContractsKept(hub);
});

it('owners draft packages of what they own, and a policy administrator publishes them', async () => {
  const put = (id: string, document: object, as: string, roles = ['requester']) =>
    hub.call('PUT', `/access-packages/${id}`, { displayName: id, status: 'draft', ...document }, { as, roles });
  const inVault = { grants: [{ application: 'vault', group: 'Readers' }] };
  const inBoth = { grants: [...inVault.grants, { application: 'wiki', account: true }] };
  expect(await put('vault-drafted', inVault, '6000')).toMatchObject({ status: 201, body: { status: 'draft' } });
  for (const [id, document, as, code] of [
    ['vault-drafted', { ...inVault, status: 'published' }, '6000', 'access_package.only_drafts'],
    ['vault-drafted', inVault, '6001', 'access_package.not_owner'],
    ['vault-and-wiki', inBoth, '6000', 'access_package.not_owner'],
    ['vault-nothing', { grants: [] }, '6000', 'access_package.not_owner'],
    ['vault-more', { ...inVault, includes: ['wiki-editor'] }, '6000', 'access_package.not_owner'],
    ['wiki-editor', inVault, '6000', 'access_package.not_owner'],
  ] as const) {
    const { status, body } = await put(id, document, as);
    expect([status, body.code]).toEqual([403, code]);
  }
  const seenBy = async (as: string) => {
    const read = await hub.call('GET', '/access-packages/vault-drafted', undefined, { as, roles: ['requester'] });
    const listed = await hub.call('GET', '/access-packages?filter=status eq "draft"', undefined, {
      as,
      roles: ['requester'],
    });
    return [read.status, listed.body.items.map(({ id }: { id: string }) => id)];
  };
  expect([await seenBy('6000'), await seenBy('6001')]).toEqual([
    [200, ['vault-drafted']],
    [404, []],
  ]);
  const changed = await put('vault-drafted', { ...inVault, description: 'To read secrets' }, '6000', ['approver']);
  expect(changed).toMatchObject({ status: 200, body: { version: 2, description: 'To read secrets' } });
  expect((await packageOf('vault-drafted', 'Readers')).body).toMatchObject({ status: 'published', version: 3 });
  expect((await put('vault-drafted', inVault, '6000')).body.code).toBe('access_package.was_published');
});
