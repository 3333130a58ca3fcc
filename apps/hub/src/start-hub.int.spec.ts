import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { SystemClock } from '#libs/system/clock.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { notes } from '#libs/service-kit/service/service.fixtures.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import type { Running } from '#libs/service-kit/service/run.js';
import { startHub } from './start-hub.js';

const dataDir = mkdtempSync(join(tmpdir(), 'hub-'));
const settings = loadSettings({ HUB_DATA_DIR: dataDir, PORT: '0' });
const logged: string[] = [];
const logger = new JsonLogger('spec', { write: (line) => void logged.push(line) });
const others: ServiceDefinition = { ...notes, name: 'others', prefix: 'others' };
let hub: Running;

const start = async (): Promise<Running> =>
  await startHub(settings, logger, { load: async () => await Promise.resolve([notes, others]) });

beforeAll(async () => {
  hub = await start();
}, 60_000);
afterAll(async () => {
  await hub.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, new SystemClock());
  const headers = {
    authorization: `Bearer ${await issuer.issue('1001', { roles: ['requester'] })}`,
    'content-type': 'application/json',
  };
  const response = await fetch(hub.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the hub', () => {
  it('tells its services apart by the first path segment, each with facts of its own', async () => {
    const { body } = await call('POST', '/notes/v1/notes', { text: 'here' });
    expect((await call('GET', `/notes/v1/notes/${String(body['id'])}`)).status).toBe(200);
    expect((await call('GET', `/others/v1/notes/${String(body['id'])}`)).status).toBe(404);
    expect((await call('GET', '/elsewhere')).body).toMatchObject({
      detail: expect.stringContaining('/notes, /others'),
    });
  });

  it('has one health and one pair of API documents for all', async () => {
    expect(await call('GET', '/health/ready')).toEqual({ status: 200, body: { ok: true, findings: [] } });
    const { paths } = (await call('GET', '/docs-json')).body as { paths: object };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/notes/v1/notes', '/others/v1/notes']));
    expect((await call('GET', '/asyncapi.json')).body).toMatchObject({ asyncapi: '3.0.0' });
  });

  it('keeps a second one off its data directory', async () => {
    await expect(start()).rejects.toThrow(`is in use by the hub with process id ${process.pid}`);
    expect((await call('GET', '/health/ready')).status).toBe(200);
  });

  it('says which port is taken, and lets everything go', async () => {
    const { port } = new URL(hub.url);
    const other = loadSettings({ HUB_DATA_DIR: join(dataDir, 'other'), PORT: port });
    await expect(startHub(other, logger, { load: async () => await Promise.resolve([]) })).rejects.toThrow(
      `cannot listen on 127.0.0.1, port ${port} (another process listens there)`,
    );
    expect(readdirSync(join(dataDir, 'other'))).not.toContain('hub.lock');
  }, 60_000);

  it('has everything again after a restart, on the same data directory', async () => {
    const { body } = await call('POST', '/notes/v1/notes', { text: 'kept' });
    await hub.stop();
    hub = await start();
    expect((await call('GET', `/notes/v1/notes/${String(body['id'])}`)).body).toMatchObject({ text: 'kept' });
  }, 60_000);

  it('lets everything go when a service cannot start', async () => {
    await hub.stop();
    const broken: ServiceDefinition = { ...others, migrations: [Broken1764009999999] };
    await expect(
      startHub(settings, logger, { load: async () => await Promise.resolve([notes, broken]) }),
    ).rejects.toThrow('broken migration');
    hub = await start();
    expect((await call('GET', '/health/ready')).status).toBe(200);
  }, 60_000);

  it('logged nothing it should not have', () =>
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([]));
});

class Broken1764009999999 {
  readonly name = 'Broken1764009999999';
  up(): Promise<void> {
    return Promise.reject(new Error('broken migration'));
  }
  down(): Promise<void> {
    return Promise.reject(new Error('migrations are forward only'));
  }
}
