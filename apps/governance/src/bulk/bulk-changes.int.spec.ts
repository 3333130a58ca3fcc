import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, engineer, expectContractsKept, known, requester, wikiCompany } from '../wiki-company.fixtures.js';

/** 4000 owns the packages; 4001 to 4012 are engineers, 4020 is in sales. */
const engineers = Array.from({ length: 12 }, (_, index) => String(4001 + index));
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(
    hrMessage('hired', engineer('4000')),
    ...engineers.map((id) => hrMessage('hired', engineer(id, { location: 'Site' }))),
    hrMessage('hired', engineer('4020', { department: 'Sales', location: 'Site' })),
  );
  await known(hub, '4000', '4001');
  for (const id of ['site', 'other', 'apart'])
    await hub.call('PUT', `/access-packages/${id}`, {
      displayName: `Package ${id}`,
      grants: [{ application: 'wiki', group: id }],
      eligibility: 'department eq "Engineering"',
      owners: [identityOf('4000')],
      maxDuration: 'P60D',
      incompatibleWith: id === 'apart' ? ['site'] : [],
    });
});
afterAll(() => hub.stop());

const owner = { as: '4000', ...requester };
const prepare = (body: object, more: object = owner) =>
  hub.call('POST', '/bulk-changes', { reason: 'The site opens', packageId: 'site', ...body }, more);
const stateOf = async (id: string) => (await hub.call('GET', `/bulk-changes/${id}`, undefined, owner)).body;
async function ready(id: string): Promise<{ readonly wouldChange: number; readonly refused: number }> {
  await eventually(async () => (await stateOf(id)).status === 'ready');
  return (await stateOf(id)).rows;
}
async function done(id: string): Promise<{ readonly changed: number; readonly refused: number }> {
  await eventually(async () => (await stateOf(id)).status === 'completed');
  return (await stateOf(id)).rows;
}
const apply = (id: string, body: object = {}, more: object = owner) =>
  hub.call('POST', `/bulk-changes/${id}/apply`, body, more);
const refusedOf = async (id: string) => {
  const { items } = (await hub.call('GET', `/bulk-changes/${id}/rows?filter=result eq "refused"`, undefined, owner))
    .body;
  return (items as { identity: { employeeId: string } | null; code: string }[]).map(
    ({ identity, code }) => `${identity?.employeeId ?? 'nobody'} ${code}`,
  );
};
const groupsOf = async (who: string): Promise<string[]> => (await accessOf(hub, who)).accounts[0].groups;

it('everybody who matches gets a package, after a preview that does nothing; each row says why not', async () => {
  const apart = await hub.call(
    'POST',
    '/assignments',
    { packageId: 'apart', identityId: identityOf('4012'), reason: 'x' },
    owner,
  );
  expect(apart.status).toBe(201);
  const { status, body, headers } = await prepare({ action: 'assign', filter: 'location eq "Site"' });
  expect([status, headers.get('location')]).toEqual([202, `/governance/v1/bulk-changes/${body.id}`]);
  expect(await ready(body.id)).toMatchObject({ wouldChange: 11, refused: 2 });
  expect((await refusedOf(body.id)).sort()).toEqual(['4012 assignment.incompatible', '4020 assignment.not_eligible']);
  expect(await groupsOf('4001')).toEqual([]);
  expect((await apply(body.id, {}, { as: '4001', ...requester })).status).toBe(404);
  expect((await apply(body.id)).status).toBe(202);
  expect(await done(body.id)).toMatchObject({ changed: 11, refused: 2 });
  for (const id of some(['4001', '4011'])) expect(await groupsOf(id)).toEqual(['site']);
  expect((await apply(body.id)).body.code).toBe('bulk.not_ready');
  const file = await hub.call('GET', `/bulk-changes/${body.id}/rows.csv`, undefined, owner);
  expect(file.text.trim().split('\r\n')).toHaveLength(14);
});

it('a later end is given within the time that the package allows', async () => {
  hub.clock.set('2026-03-12T09:00:00.000Z');
  const extend = (endsAt?: string) =>
    prepare({ action: 'extend', filter: 'employeeId eq "4001" or employeeId eq "4002"', ...(endsAt && { endsAt }) });
  expect((await extend()).body.errors).toMatchObject([{ pointer: '/endsAt' }]);
  const late = await extend('2026-12-01T00:00:00Z');
  expect([await ready(late.body.id), await refusedOf(late.body.id)]).toMatchObject([
    { wouldChange: 0 },
    [expect.stringContaining('invalid_input'), expect.stringContaining('invalid_input')],
  ]);
  const { body } = await extend('2026-05-10T09:00:00Z');
  expect(await ready(body.id)).toMatchObject({ wouldChange: 2 });
  await apply(body.id);
  await done(body.id);
  const filter = `packageId eq "site" and identityId eq "${identityOf('4001')}"`;
  const { items } = (await hub.call('GET', `/assignments?filter=${encodeURIComponent(filter)}`)).body;
  expect(items).toMatchObject([{ status: 'active', until: '2026-05-10T09:00:00.000Z' }]);
});

it('a file names people and packages; a bad row stops no other', async () => {
  const file = [
    'employeeId,packageId,endsAt',
    '4001,other,',
    '9999,other,',
    '4002,Other,',
    '4003,other,soon',
    '4004,wiki-user,',
    '4000,other,',
    '4005,other,2026-03-20T09:00:00Z',
  ].join('\n');
  const { status, body } = await hub.call('POST', '/bulk-changes.csv?action=assign&reason=Opening', file, owner);
  expect(status).toBe(202);
  expect(await ready(body.id)).toMatchObject({ wouldChange: 2, refused: 5 });
  expect((await refusedOf(body.id)).sort()).toEqual([
    '4000 assignment.own',
    '4004 assignment.not_owner',
    'nobody invalid_input',
    'nobody invalid_input',
    'nobody invalid_input',
  ]);
  await apply(body.id);
  expect(await done(body.id)).toMatchObject({ changed: 2 });
  expect([await groupsOf('4001'), await groupsOf('4002')]).toEqual([['other', 'site'], ['site']]);
});

it('taking it from many needs their number', async () => {
  const { body } = await prepare({ action: 'revoke', filter: 'location eq "Site"' });
  expect(await ready(body.id)).toMatchObject({ wouldChange: 11, refused: 0 });
  const held = await apply(body.id);
  expect([held.status, held.body.code, held.body.detail]).toEqual([
    409,
    'bulk.takes_access',
    expect.stringContaining('11 of 11'),
  ]);
  expect((await apply(body.id, { confirm: 10 })).body.code).toBe('bulk.takes_access');
  expect((await apply(body.id, { confirm: 11 })).status).toBe(202);
  expect(await done(body.id)).toMatchObject({ changed: 11 });
  expect(await groupsOf('4002')).toEqual([]);
});

it('what a rule gives is excluded for a time, so that the rule does not give it again', async () => {
  const admin = { as: 'admin', roles: ['policy-admin'] };
  const bulkOf = async (id: string) => (await hub.call('GET', `/bulk-changes/${id}`, undefined, admin)).body;
  const revoked = { action: 'revoke', packageId: 'wiki-user', filter: 'employeeId eq "4001"' };
  const past = await prepare({ ...revoked, endsAt: '2026-03-01T00:00:00Z' }, admin);
  await eventually(async () => (await bulkOf(past.body.id)).status === 'ready');
  expect(await bulkOf(past.body.id)).toMatchObject({ rows: { refused: 1 } });
  const until = '2026-06-01T00:00:00.000Z';
  const ruled = await prepare({ ...revoked, endsAt: until }, admin);
  await eventually(async () => (await bulkOf(ruled.body.id)).status === 'ready');
  await apply(ruled.body.id, {}, admin);
  await eventually(async () => (await bulkOf(ruled.body.id)).status === 'completed');
  expect(await bulkOf(ruled.body.id)).toMatchObject({ rows: { changed: 1 } });
  const filter = encodeURIComponent(`identityId eq "${identityOf('4001')}"`);
  const { items } = (await hub.call('GET', `/birthright-exclusions?filter=${filter}`)).body;
  expect(items).toMatchObject([{ package: { id: 'wiki-user' }, until, reason: 'The site opens' }]);
  await hub.stated(hrMessage('changed', engineer('4001', { location: 'Elsewhere' }), 2));
  const held = await hub.call('GET', `/assignments?filter=${filter}`);
  expect(
    held.body.items.filter((one: { packageId: string; status: string }) => one.packageId === 'wiki-user'),
  ).toMatchObject([{ status: 'revoked' }]);
});

it('are listed to who made them; policy administrators see all', async () => {
  const listed = async (more: object, query = '') =>
    (await hub.call('GET', `/bulk-changes${query}`, undefined, more)).body;
  const own = (await listed(owner)).items;
  expect(own.length).toBeGreaterThan(2);
  expect(own[0]).toMatchObject({ action: 'revoke', status: 'completed', rows: { total: 11, changed: 11 } });
  expect((await listed({ as: '4001', ...requester })).items).toEqual([]);
  const administrators = { as: 'admin', roles: ['policy-admin'] };
  expect((await listed(administrators)).items).toHaveLength(Number(own.length) + 2);
  const first = await listed(owner, `?limit=1&filter=${encodeURIComponent('action eq "extend"')}`);
  expect(first.items).toMatchObject([{ action: 'extend' }]);
  const next = await listed(owner, `?limit=1&cursor=${String((await listed(owner, '?limit=1')).nextCursor)}`);
  expect(next.items).toMatchObject([{ id: own[1].id }]);
  expect((await listed(owner, '?filter=actor%20pr')).errors).toMatchObject([{ pointer: '/filter' }]);
});

it('is refused where it names nobody or its filter does not parse, and is cancelled by its author', async () => {
  expect((await prepare({ action: 'assign', filter: 'department eq "None"' })).body.code).toBe(
    'bulk.nothing_to_change',
  );
  expect((await prepare({ action: 'assign', filter: 'department eq' })).body.errors).toMatchObject([
    { pointer: '/filter' },
  ]);
  expect((await prepare({ action: 'assign', packageId: 'none', filter: 'id pr' })).body.errors).toMatchObject([
    { pointer: '/packageId' },
  ]);
  expect((await prepare({ action: 'give', filter: 'id pr' })).body.errors).toMatchObject([{ pointer: '/action' }]);
  const { body } = await prepare({ action: 'assign', filter: 'employeeId eq "4001"' });
  await ready(body.id);
  const cancelled = await hub.call('POST', `/bulk-changes/${body.id}/cancel`, undefined, owner);
  expect(cancelled.body.status).toBe('cancelled');
  expect((await apply(body.id)).body.code).toBe('bulk.not_ready');
  await expectContractsKept(hub);
});
