import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { engineer, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(...['7001', '7002', '7003'].map((id) => hrMessage('hired', engineer(id))));
  await hub.stated(hrMessage('hired', engineer('7004', { department: 'Sales' })));
});
afterAll(() => hub.stop());

const done = (id: string) =>
  eventually(async () => {
    const { body } = await hub.call('GET', `/simulations/${id}`);
    return body.status === 'completed' ? body : undefined;
  });
async function simulated(proposal: object) {
  const { status, body, headers } = await hub.call('POST', '/simulations', proposal);
  expect([status, body.detail]).toEqual([202, undefined]);
  expect(headers.get('location')).toBe(`/governance/v1/simulations/${body.id}`);
  return await done(body.id as string);
}
const intranet = { displayName: 'Intranet', connectorId: 'intranet' };
const everyRow = async (): Promise<string> => {
  const tables = await hub.db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'governance' and table_type = 'BASE TABLE'
       and table_name !~ '^(simulat|timer|lease|idempotent)' order by 1`,
  );
  const hashes: string[] = [];
  for (const { name } of tables) {
    const [row] = await hub.db.query<{ hash: string | null }>(
      `select md5(string_agg(t::text, '' order by t::text)) as hash from ${name} t`,
    );
    hashes.push(`${name} ${row?.hash ?? ''}`);
  }
  return hashes.join('\n');
};

describe('a simulation', () => {
  it('says who would gain and lose what, in counts, in a sample, as a list and as a file', async () => {
    await hub.call('PUT', '/applications/intranet', intranet);
    const body = await simulated({
      accessPackages: [
        { id: 'intranet', displayName: 'Intranet', grants: [{ application: 'intranet', account: true }] },
      ],
      birthrightRules: [
        { id: 'intranet', displayName: 'Engineers', filter: 'department eq "Engineering"', packages: ['intranet'] },
      ],
      hrChanges: [{ filter: 'employeeId eq "7001"', status: 'left' }],
      hires: [{ employeeId: '7100', givenName: 'New', familyName: '=Person', department: 'Engineering' }],
    });
    expect(body).toMatchObject({ total: 4, checked: 4, touched: 4, gains: 3, loses: 1 });
    expect(body.entitlements).toEqual([
      { entitlement: { application: { id: 'intranet', displayName: 'Intranet' }, account: true }, gains: 3, loses: 0 },
      { entitlement: { application: { id: 'wiki', displayName: 'Wiki' }, account: true }, gains: 1, loses: 1 },
    ]);
    const list = await hub.call('GET', `/simulations/${body.id}/changes?limit=500`);
    const changes = list.body.items as { employeeId: string; gains: object[]; loses: object[] }[];
    expect(changes.map((one) => [one.employeeId, one.gains.length, one.loses.length]).sort()).toEqual([
      ['7001', 0, 1],
      ['7002', 1, 0],
      ['7003', 1, 0],
      ['7100', 2, 0],
    ]);
    expect(body.sample).toEqual(changes);
    const losing = `/simulations/${body.id}/changes?filter=${encodeURIComponent('change eq "loses"')}`;
    expect((await hub.call('GET', losing)).body.items).toMatchObject([{ employeeId: '7001' }]);
    const file = await hub.call('GET', `/simulations/${body.id}/changes.csv`);
    expect(file.text.split('\r\n').slice(0, 1)).toEqual(['id,employeeId,displayName,change,application,kind,name']);
    expect(file.text).toContain(`${identityOf('7001')},7001,Given7001 Family7001,loses,wiki,account,\r\n`);
    expect(file.text.trim().split('\r\n')).toHaveLength(6);
  });

  it('leaves no trace: no row of the service changes but its own, and they go with it', async () => {
    const before = await everyRow();
    const { id } = await simulated({ hrChanges: [{ filter: 'department eq "Engineering"', status: 'left' }] });
    expect(await everyRow()).toBe(before);
    expect((await hub.call('DELETE', `/simulations/${id}`)).status).toBe(204);
    expect((await hub.call('GET', `/simulations/${id}`)).status).toBe(404);
    const kept = await hub.db.query(`select 1 from simulated_change where simulation_id = $1`, [id]);
    expect(kept).toEqual([]);
  });

  it('forgets what it found after a day', async () => {
    const { id } = await simulated({
      hrChanges: [{ filter: 'department eq "Sales"', set: { department: 'Revenue' } }],
    });
    hub.clock.set(new Date(Date.parse(hub.clock.now()) + 86_400_000).toISOString());
    await eventually(async () => (await hub.call('GET', `/simulations/${id}`)).status === 404);
  });

  it.each([
    ['nothing', {}, ''],
    [
      'a filter that does not parse',
      { hrChanges: [{ filter: 'department eq', status: 'left' }] },
      '/hrChanges/0/filter',
    ],
    ['no change', { hrChanges: [{ filter: 'id pr' }] }, '/hrChanges/0/set'],
    [
      'a name taken away',
      { hrChanges: [{ filter: 'id pr', set: { familyName: null } }] },
      '/hrChanges/0/set/familyName',
    ],
    ['a field no worker has', { hrChanges: [{ filter: 'id pr', set: { dept: 'x' } }] }, '/hrChanges/0/set'],
    [
      'a package that grants in no application',
      { accessPackages: [{ id: 'p', displayName: 'P', grants: [{ application: 'none', account: true }] }] },
      '/accessPackages/0/grants/0/application',
    ],
    [
      'a rule that gives an unknown package',
      { birthrightRules: [{ id: 'r', displayName: 'R', filter: 'id pr', packages: ['none'] }] },
      '/birthrightRules/0/packages/0',
    ],
    [
      'a rule without id',
      { birthrightRules: [{ displayName: 'R', filter: 'id pr', packages: [] }] },
      '/birthrightRules/0/id',
    ],
    ['a hire without name', { hires: [{ employeeId: '1' }] }, '/hires/0/familyName'],
  ])('is refused for %s, and says where', async (_, proposal, pointer) => {
    const { status, body } = await hub.call('POST', '/simulations', proposal);
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });

  it('begins again when the catalog changes meanwhile', async () => {
    const held = hub.hold(/update simulation set checked/);
    const { body } = await hub.call('POST', '/simulations', {
      birthrightRules: [
        { id: 'everybody', displayName: 'Nobody', filter: 'familyName eq "none"', packages: ['wiki-user'] },
      ],
    });
    await held.arrived;
    await hub.call('PUT', '/applications/other', { displayName: 'Other', connectorId: 'other' });
    held.release();
    expect(await done(body.id as string)).toMatchObject({ total: 4, checked: 4, loses: 4 });
    const current = `select 1 from simulation s join catalog_version v on v.version = s.catalog_version where s.id = $1`;
    expect(await hub.db.query(current, [body.id])).toHaveLength(1);
  });
});
