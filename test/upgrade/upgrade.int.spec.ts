import { jest } from '@jest/globals';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrateDatabase } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { freshDatabase } from '../support/postgres.js';
import { root } from '../support/processes.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';
import { dumpEnvironment, loadDump } from './dump.js';
import { History, people } from './history.js';

jest.setTimeout(180_000);

interface Page<T = Record<string, unknown>> {
  readonly items: readonly T[];
}

const dumps = await readdir(resolve(root, 'test/upgrade/dumps'));

describe.each(dumps)('the databases of %s, brought to this version', (dump) => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let stub: ScimStub;
  let hub: HubUnderTest;
  let history: History;

  beforeAll(async () => {
    database = await freshDatabase();
    stub = await startScimStub({ token: 'dump-application-token' });
    const dataDir = await mkdtemp(join(tmpdir(), 'hub-upgrade-'));
    await loadDump(dump, database.url, stub, dataDir);
    await migrateDatabase(database.url, dumpEnvironment);
    hub = await startHub({ ...dumpEnvironment, DATABASE_URL: database.url }, { dataDir });
    history = await History.of(hub);
  });
  afterAll(async () => {
    await hub.discard();
    await stub.stop();
    await database.drop();
  });

  const list = async (path: string, filter = ''): Promise<Page['items']> =>
    (await history.get<Page>(`${path}?limit=500${filter && `&filter=${encodeURIComponent(filter)}`}`)).items;
  const account = (name: string): unknown =>
    stub.dump().users.find(({ userName }) => userName === `${name}@corp.example`);
  const hired = (name: string): Record<string, string> => ({
    familyName: `Family-${name}`,
    email: `${name}@corp.example`,
    managerId: people.grace,
    hireDate: '2024-02-01',
  });

  it('show everybody and everything as it was', async () => {
    const worker = await history.get(`/hr/v1/workers/${people.linus}`);
    expect(worker).toMatchObject({ employeeId: people.linus, department: 'Sales', managerId: people.grace });
    const identities = await list('/governance/v1/identities');
    expect(identities.map(({ status }) => status).sort()).toEqual([...Array<string>(6).fill('active'), 'inactive']);
    const requests = await list('/governance/v1/requests');
    expect(requests.map(({ status }) => status).sort()).toEqual(['approved', 'denied', 'pending']);
    const accounts = await list('/provisioning/v1/connectors/wiki/accounts');
    expect(accounts.filter(({ status }) => status === 'active')).toHaveLength(5);
    expect(accounts.filter(({ status }) => status === 'disabled')).toHaveLength(1);
    expect(accounts.filter(({ groups }) => (groups as string[]).includes('Editors'))).toHaveLength(1);
    const added = await list('/provisioning/v1/connectors/wiki/operations', 'kind eq "add-member"');
    expect(added).toMatchObject([{ group: 'Editors', role: null, status: 204 }]);
    expect(await list('/governance/v1/access-packages')).toHaveLength(2);
  });

  it('show what waits for a person', async () => {
    expect(await list('/provisioning/v1/connectors/wiki/parked')).toMatchObject([{ code: 'forbidden' }]);
    expect(await list('/governance/v1/parked-messages')).toMatchObject([{ group: 'governance', waiting: 1 }]);
  });

  it('keep a log that is sound', async () => {
    const token = await hub.token('olga', 'auditor');
    const { body } = await hub.call('POST', '/audit/v1/checks', { token });
    expect(body).toMatchObject({ ok: true, damage: null });
    expect(Number(body['checked'])).toBeGreaterThanOrEqual(88);
  });

  it('take a hire to its account, and a leaver out of it', async () => {
    await history.state('2000', hired('zoe'));
    await eventually(() => account('zoe') !== undefined);
    expect(account('zoe')).toMatchObject({ active: true });
    await history.state(people.ada, { ...hired('ada'), hireDate: '2020-01-01', terminationDate: '2026-02-01' });
    await eventually(() => stub.dump().users.find((user) => user.userName === 'ada@corp.example')?.active === false);
  });

  it('take decisions about what was open, and changes of what was defined', async () => {
    const [pending] = await list('/governance/v1/requests', 'status eq "pending"');
    const token = await hub.token(people.grace, 'approver');
    const path = `/governance/v1/requests/${String(pending?.['id'])}/decisions`;
    const decided = await hub.call('POST', path, { token, body: { decision: 'approve', comment: 'at last' } });
    expect(decided.status).toBe(200);
    const members = (): unknown => stub.dump().groups.find(({ displayName }) => displayName === 'Editors')?.members;
    await eventually(() => Array.isArray(members()) && (members() as unknown[]).length === 1);
    await history.put('/governance/v1/access-packages/wiki-user', {
      displayName: 'Wiki, renamed',
      grants: [{ application: 'wiki', account: true }],
    });
    expect(await history.get('/governance/v1/access-packages/wiki-user')).toMatchObject({ version: 2 });
  });

  it('take up again what was parked', async () => {
    const [parked] = await list('/provisioning/v1/connectors/wiki/parked');
    const admin = await hub.token('carl', 'connector-admin');
    const path = `/provisioning/v1/connectors/wiki/parked/${String(parked?.['id'])}/retry`;
    expect((await hub.call('POST', path, { token: admin })).status).toBeLessThan(300);
    await eventually(() => account('mallory') !== undefined);
  });
});
