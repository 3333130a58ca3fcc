import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { topics } from '#libs/contracts/topics.js';
import { pruneTopics } from '#libs/event-bus/postgres/postgres-topics.js';
import { Database } from '#libs/event-store/database.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { migrateDatabase } from '#libs/service-kit/service/migrate.js';
import type { Running } from '#libs/service-kit/service/run.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import { loadSettings, type ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { SystemClock } from '#libs/system/clock.js';
import { eventually } from '../../../test/support/eventually.js';
import { call, type Answer } from '../../../test/support/hub.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { resume } from './resume.js';
import { some } from '../../../test/support/some.js';
import { services } from './services.js';
import { startHub } from './start-hub.js';

jest.setTimeout(120_000);

const dataDir = mkdtempSync(join(tmpdir(), 'hub-resume-'));
const people = Array.from({ length: 20 }, (_, n) => String(8_001 + n));
let database: Awaited<ReturnType<typeof freshDatabase>>;
let settings: ServiceSettings;
let db: Database;
let hub: Running;
let admin: string;

const start = async (only: readonly ServiceDefinition[]): Promise<Running> =>
  await startHub(settings, new JsonLogger('spec', { write: () => undefined }), {
    load: () => Promise.resolve(only),
  });
const as = <Body = Record<string, unknown>>(method: string, path: string, body?: object): Promise<Answer<Body>> =>
  call<Body>(hub.url, method, path, { token: admin, ...(body && { body }) });
const hire = (employeeId: string, more: object = {}): Promise<Answer<object>> =>
  as('PUT', `/hr/v1/workers/${employeeId}`, {
    ...{ givenName: 'Ada', familyName: `Family${employeeId}`, hireDate: '2026-01-05' },
    ...more,
  });
const entries = async (type: string): Promise<readonly { data: Record<string, unknown> }[]> => {
  const filter = encodeURIComponent(`type eq "${type}"`);
  const { body } = await as<{ items: { data: Record<string, unknown> }[] }>(
    'GET',
    `/audit/v1/entries?limit=500&filter=${filter}`,
  );
  return body.items;
};
const statuses = async (): Promise<Map<string, string>> => {
  const { body } = await as<{ items: { employeeId: string; status: string }[] }>(
    'GET',
    '/governance/v1/identities?limit=500',
  );
  return new Map(body.items.map(({ employeeId, status }) => [employeeId, status]));
};
/** Has each reader of each service taken every message that is there for it? */
const isAllRead = async (): Promise<boolean> => {
  const unread = await db.query(
    `select from bus.place p join bus.message m on m.topic = p.topic
     where (m.epoch, m.tx, m.position) > (p.epoch, p.tx, p.position) limit 1`,
  );
  return unread.length === 0;
};
const findings = async (): Promise<string> =>
  ((await as<{ findings: string[] }>('GET', '/health/ready')).body.findings ?? []).join('\n');

beforeAll(async () => {
  database = await freshDatabase();
  await migrateDatabase(database.url, services);
  settings = loadSettings({
    DATABASE_URL: database.url,
    HUB_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
    HUB_DATA_DIR: dataDir,
    PORT: '0',
  });
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, new SystemClock());
  admin = await issuer.issue('the admin', { roles: ['admin', 'hr-feed', 'auditor'] });
  db = await Database.open({ url: database.url, schema: 'others', migrations: [] });
});
afterAll(async () => {
  await hub.stop();
  await db.close();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('services that were away for longer than their topics keep messages', () => {
  it('stop, name the command, and have everything once after it', async () => {
    hub = await start(services);
    const [first = '', ...later] = people;
    expect((await hire(first)).status).toBe(201);
    await eventually(async () => (await statuses()).get(first) === 'active');
    await eventually(async () => (await entries('hub.hr.worker.hired.v1')).length === 1);
    // A reader that had not taken its first message would be resumed as well.
    await eventually(isAllRead);
    await hub.stop();

    hub = await start(services.filter(({ name }) => name === 'hr'));
    for (const employeeId of some(later)) expect((await hire(employeeId)).status).toBe(201);
    expect((await hire(first, { terminationDate: '2026-02-01' })).status).toBe(200);
    await hub.stop();
    await db.query(`update bus.message set published_at = published_at - interval '8 days'`);
    await db.query(`update bus.urgent set written_at = written_at - interval '8 days'`);
    await db.query('select bus.prune_urgent()');
    await pruneTopics(db);

    hub = await start(services);
    const command = 'npm run hub -- resume governance --reason TEXT';
    await eventually(async () => (await findings()).includes(command));
    expect(await findings()).toContain('npm run hub -- resume audit --reason TEXT');
    expect((await statuses()).get(first)).toBe('active');
    expect((await as('POST', '/governance/v1/positions/resume', {})).body).toMatchObject({
      errors: [{ pointer: '/reason' }],
    });
    expect(
      (await as('POST', '/hr/v1/republications', { from: '2026-01-01T00:00:00Z', topic: topics.lifecycle })).body,
    ).toMatchObject({ errors: [{ pointer: '/for' }] });

    for (const service of ['governance', 'audit'])
      expect(await resume([service, '--reason', 'the site was closed', '--url', hub.url, '--token', admin])).toBe(0);
    await eventually(async () => (await statuses()).size === people.length);
    expect([...(await statuses())].sort()).toEqual(
      people.map((employeeId) => [employeeId, employeeId === first ? 'inactive' : 'active']),
    );
    await eventually(async () => (await entries('hub.hr.worker.hired.v1')).length === people.length);
    expect(await entries('hub.hr.worker.terminated.v1')).toHaveLength(1);
    await eventually(async () => (await entries('hub.governance.positions.resumed.v1')).length === 1);
    expect((await entries('hub.governance.positions.resumed.v1'))[0]?.data).toMatchObject({
      positions: [{ group: 'governance', topic: topics.lifecycle }],
    });
    expect(await findings()).not.toContain('resume');
    // Nothing is lost: the command says so, and records nothing.
    expect(await resume(['governance', '--reason', 'again', '--url', hub.url, '--token', admin])).toBe(0);
    expect((await as('GET', '/governance/v1/positions')).text).not.toMatch(/gone|resuming/);
    expect(await entries('hub.governance.positions.resumed.v1')).toHaveLength(1);
  });
});
