import { jest } from '@jest/globals';
import { startApplication, type Application } from '../support/application.js';
import { fourServices, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { kafkaForTests } from '../support/kafka.js';
import { startPostgres } from '../support/postgres-server.js';

jest.setTimeout(300_000);

const kafka = await kafkaForTests();
const broker = await kafka?.start();
const describeIfOurs = broker?.wipe == null ? describe.skip : describe;
const hires = 300;
const timeoutMs = 180_000;

/** What `docker compose down` did to a broker without a volume, while the services run and while they are stopped. */
describeIfOurs('a broker that loses its data between 300 hires', () => {
  let services: Deployment;
  let app: Application;
  const closing: (() => Promise<unknown>)[] = [];
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    const postgres = await startPostgres();
    closing.push(
      () => postgres.stop(),
      async () => await broker?.stop(),
    );
    app = await startApplication();
    closing.push(() => app.child.stop());
    services = await fourServices(postgres.url, broker?.brokers ?? '', 'wiki');
    closing.push(() => services.discard());
    tokens['hr'] = await services.token('hr-system', 'hr-feed');
    tokens['admin'] = await services.token('ada-admin', 'admin');
    tokens['auditor'] = await services.token('olga', 'auditor');
    await put('/provisioning/v1/connectors/wiki', {
      displayName: 'Wiki',
      mode: 'enforce',
      protocol: 'scim2',
      baseUrl: app.baseUrl,
      auth: { type: 'bearer', token: app.token },
    });
    await put('/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
    await put('/governance/v1/access-packages/staff', {
      displayName: 'Staff',
      grants: [{ application: 'wiki', account: true }],
    });
    await put('/governance/v1/birthright-rules/staff', {
      displayName: 'Staff',
      filter: 'status eq "active"',
      packages: ['staff'],
    });
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  async function put(path: string, body: unknown, token = tokens['admin'] ?? ''): Promise<number> {
    const answer = await services.call('PUT', path, { token, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
    return answer.status;
  }
  async function hire(from: number, to: number): Promise<void> {
    for (let n = from; n < to; n += 1) {
      const worker = { familyName: `Person ${n}`, email: `p${n}@corp.example`, hireDate: '2020-01-01' };
      expect(await put(`/hr/v1/workers/${n + 1_000}`, worker, tokens['hr'])).toBe(201);
    }
  }
  async function entries(type: string): Promise<number> {
    const filter = encodeURIComponent(`type eq "${type}"`);
    let count = 0;
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: unknown[]; nextCursor: string | null } = (
        await services.call<{ items: unknown[]; nextCursor: string | null }>(
          'GET',
          `/audit/v1/entries?limit=500&filter=${filter}${cursor === '' ? '' : `&cursor=${cursor}`}`,
          { token: tokens['auditor'] ?? '' },
        )
      ).body;
      count += page.items.length;
      cursor = page.nextCursor;
    }
    return count;
  }

  it('costs nobody an account, and no entry of the log', async () => {
    await hire(0, 100);
    await broker?.kill?.();
    await hire(100, 150);
    await broker?.wipe?.();
    await broker?.restart?.();
    await hire(150, 220);
    // At once again, while what was lost may still be on its way.
    await broker?.kill?.();
    await broker?.wipe?.();
    await broker?.restart?.();
    await hire(220, hires);
    try {
      await eventually(async () => (await app.users()).length >= hires, { timeoutMs, everyMs: 500 });
      await eventually(async () => (await entries('hub.hr.worker.hired.v1')) >= hires, { timeoutMs, everyMs: 500 });
      const created = 'hub.provisioning.account.created.v1';
      await eventually(async () => (await entries(created)) >= hires, { timeoutMs, everyMs: 500 });
    } catch (error) {
      throw new Error(services.output(), { cause: error });
    }
    const names = (await app.users()).map(({ userName }) => userName);
    expect([names.length, new Set(names).size]).toEqual([hires, hires]);
    expect(await entries('hub.hr.worker.hired.v1')).toBe(hires);
    expect(services.output()).toMatch(/are sent again from the store|its position in .* is lost/);
  });
});
