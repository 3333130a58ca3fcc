import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { readingsOf, type Readings, seenFirst } from './as-found.fixtures.js';
import { engineer, expectContractsKept, known, requester, wikiCompany } from '../wiki-company.fixtures.js';

/** 5000 owns the application; 5001 to 5004 had access before the hub. */
let hub: RunningGovernance;
let readings: Readings;
const staff = ['5000', '5001', '5002', '5003', '5004'];
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(...staff.map((id) => hrMessage('hired', engineer(id))));
  await known(hub, ...staff);
  await hub.call('PUT', '/applications/paper', {
    displayName: 'Paper',
    connectorId: 'paper-scim',
    owners: [identityOf('5000')],
  });
  readings = readingsOf(hub, 'paper-scim', 'paper');
});
afterAll(() => hub.stop());

const owner = { as: '5000', ...requester };
const shown = (who: string, ...groups: string[]): Promise<void> => readings.showed(who, groups);
interface Held {
  readonly id: string;
  readonly packageId: string;
  readonly status: string;
  readonly code: string | null;
  readonly delivery: string;
  readonly cause: Readonly<Record<string, unknown>>;
  readonly approvers: readonly { readonly employeeId: string }[];
}
const listed = async (filter: string, more: object = {}): Promise<Held[]> => {
  const query = encodeURIComponent(`cause.type eq "as-found" and ${filter}`);
  return (await hub.call('GET', `/assignments?filter=${query}`, undefined, more)).body.items as Held[];
};
const of = (who: string): string => `identityId eq "${identityOf(who)}"`;
const heldBy = async (who: string): Promise<Held[]> => await listed(`status eq "active" and ${of(who)}`);
const desiredOf = async (who: string) =>
  (await hub.call('GET', `/identities/${identityOf(who)}/access`)).body.items.find(
    ({ application }: { application: string }) => application === 'paper',
  );

it('what a reading found is held as found, with its source and the date by which somebody answers', async () => {
  for (const who of staff.slice(1)) await shown(who, 'Editors', 'Old');
  await eventually(async () => (await heldBy('5004')).length === 3);
  const found = (await heldBy('5001')).find(({ packageId }) => packageId === 'as-found:paper:group:Old');
  expect(found).toMatchObject({
    package: { displayName: 'group Old in Paper, as found' },
    since: seenFirst,
    delivery: 'delivered',
    approvers: [],
    cause: { connector: 'paper-scim', account: 'u-5001', sinceUnknown: true, certifiedBy: null },
  });
  expect(found?.cause['certifyBy']).toBe('2026-05-31T09:00:00.000Z');
  expect(await desiredOf('5001')).toMatchObject({
    accounts: [{ active: true, packages: [], groups: ['Editors', 'Old'] }],
  });
  const { steps } = { steps: (await hub.call('GET', `/identities/${identityOf('5001')}/schedule`)).body.items };
  expect(steps).toContainEqual(expect.objectContaining({ event: 'certification-due' }));
});

it('its explanation says that it was found, and that nobody is known who approved it', async () => {
  const path = `/identities/${identityOf('5001')}/access/paper/explanation`;
  const { body } = await hub.call('GET', path);
  expect(body.entitlements[0].because[0]).toMatchObject({
    cause: { type: 'as-found', certifiedBy: null },
    approvals: [],
  });
});

it('an owner of the application certifies it, and is its approver from then on; nobody else and never twice', async () => {
  const [held] = await listed(`${of('5001')} and packageId eq "as-found:paper:group:Editors"`, owner);
  const certify = (as: string, id = held?.id ?? '') =>
    hub.call('POST', `/assignments/${id}/certify`, { reason: 'Writes the paper' }, { as, ...requester });
  expect((await certify('5002')).status).toBe(404);
  expect((await certify('5001')).body.code).toBe('assignment.own_certification');
  expect((await certify('5000')).body).toMatchObject({ approvers: [{ employeeId: '5000' }], status: 'active' });
  expect((await certify('5000')).body.code).toBe('assignment.certified');
  const waiting = await listed('not (cause.certifiedBy pr) and status eq "active"', owner);
  expect(waiting).toHaveLength(11);
});

it('one thing is revoked: the application is to take it away, and what a reading still shows is not found again', async () => {
  const [held] = await listed(`${of('5002')} and packageId eq "as-found:paper:group:Old"`);
  const { body } = await hub.call('POST', `/assignments/${held?.id ?? ''}/revoke`, { reason: 'It is old' }, owner);
  expect(body).toMatchObject({ status: 'revoked', code: 'revoked_by_owner', removal: 'pending' });
  expect(await desiredOf('5002')).toMatchObject({ withdrawn: [{ group: 'Old' }] });
  await shown('5002', 'Editors', 'Old', 'New');
  await eventually(async () => (await heldBy('5002')).length === 3);
  expect((await heldBy('5002')).map(({ packageId }) => packageId).sort()).toEqual([
    'as-found:paper:account',
    'as-found:paper:group:Editors',
    'as-found:paper:group:New',
  ]);
  await shown('5002', 'Editors');
  await eventually(async () => (await listed(`id eq "${held?.id ?? ''}"`)).some((one) => 'removal' in one));
  await eventually(async () => (await heldBy('5002')).length === 2);
  const ended = await listed(`${of('5002')} and status eq "revoked"`);
  expect(ended.map(({ packageId, code }) => [packageId, code]).sort()).toEqual([
    ['as-found:paper:group:New', 'no_longer_there'],
    ['as-found:paper:group:Old', 'revoked_by_owner'],
  ]);
  const { body: after } = await hub.call('GET', `/assignments/${held?.id ?? ''}`);
  expect(after.removal).toBe('done');
});

it('many are decided by filter and by file, each first tried: a wrong row is refused with its line', async () => {
  const state = async (id: string) => (await hub.call('GET', `/bulk-changes/${id}`, undefined, owner)).body;
  const all = { packageId: 'as-found:paper', filter: 'department pr', reason: 'Looked at', action: 'certify' };
  const { body: prepared } = await hub.call('POST', '/bulk-changes', all, owner);
  await eventually(async () => (await state(prepared.id)).status === 'ready');
  expect((await state(prepared.id)).rows).toMatchObject({ wouldChange: 10, refused: 0 });
  expect(await listed('not (cause.certifiedBy pr) and status eq "active"')).toHaveLength(10);
  await hub.call('POST', `/bulk-changes/${prepared.id}/cancel`, undefined, owner);
  const lines = [
    'employeeId,packageId',
    '5003,as-found:paper:group:Editors',
    '5003,as-found:paper:group:Missing',
    '9999,as-found:paper:account',
    '5004,as-found:paper:other:x',
  ];
  const upload = { ...owner, headers: { 'content-type': 'text/csv' } };
  const { body: file } = await hub.call(
    'POST',
    '/bulk-changes.csv?action=certify&reason=Mine',
    lines.join('\n'),
    upload,
  );
  await eventually(async () => (await state(file.id)).status === 'ready');
  expect((await state(file.id)).rows).toMatchObject({ wouldChange: 1, refused: 3 });
  await hub.call('POST', `/bulk-changes/${file.id}/apply`, {}, owner);
  await eventually(async () => (await state(file.id)).status === 'completed');
  expect(await listed('not (cause.certifiedBy pr) and status eq "active"')).toHaveLength(9);
});

it('a review lists what nobody has decided about: who lets it stay is its approver, what is revoked goes', async () => {
  const terms = { displayName: 'Found', scope: { application: 'paper', asFound: true }, reviewers: ['owner'] };
  const refused = await hub.call('POST', '/reviews', terms);
  expect(refused.body.errors).toMatchObject([{ pointer: '/onNoResponse' }]);
  const { body: review } = await hub.call('POST', '/reviews', { ...terms, onNoResponse: 'keep' });
  await eventually(async () => (await hub.call('GET', `/reviews/${review.id}`)).body.listed === true);
  const reviewer = { as: '5000', roles: ['approver'] };
  const { items } = (await hub.call('GET', `/reviews/${review.id}/items`, undefined, reviewer)).body;
  expect(items).toHaveLength(9);
  const itemOf = (who: string, name: string): string =>
    items.find(
      ({ assignment }: { assignment: Held & { identityId: string } }) =>
        assignment.identityId === identityOf(who) && assignment.packageId === `as-found:paper:group:${name}`,
    ).id;
  const decisions = [
    { itemId: itemOf('5004', 'Editors'), decision: 'keep', comment: 'Edits' },
    { itemId: itemOf('5004', 'Old'), decision: 'shorten', until: '2026-04-01T00:00:00Z' },
    { itemId: itemOf('5001', 'Old'), decision: 'revoke' },
  ];
  const { body } = await hub.call('POST', `/reviews/${review.id}/decisions`, { decisions }, reviewer);
  expect(body).toMatchObject({ decided: 3, refused: 0 });
  const held = await heldBy('5004');
  const approversOf = (name: string) => held.find(({ packageId }) => packageId.endsWith(name))?.approvers;
  expect([approversOf('Editors'), approversOf('Old')]).toMatchObject([
    [{ employeeId: '5000' }],
    [{ employeeId: '5000' }],
  ]);
  expect(await desiredOf('5001')).toMatchObject({ withdrawn: [{ group: 'Old' }] });
  expect(await listed('not (cause.certifiedBy pr) and status eq "active"')).toHaveLength(6);
  await hub.call('POST', `/reviews/${review.id}/cancel`, { reason: 'The rest is asked later' });
});

it('what nobody has answered by its date is listed as overdue; who leaves loses it all', async () => {
  hub.clock.set('2026-06-01T09:00:00.000Z');
  await hub.quiet();
  await eventually(async () => (await listed('cause.overdueSince pr')).length === 6);
  await hub.stated(hrMessage('terminated', engineer('5004', { terminationDate: '2026-05-30' }), 2));
  await eventually(async () => (await heldBy('5004')).length === 0);
  expect(await desiredOf('5004')).toMatchObject({ status: 'leaver', withdrawn: [{ account: true }, {}, {}] });
});

it('every message kept its contract', async () => {
  await expectContractsKept(hub);
});
