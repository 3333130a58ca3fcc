import { jest } from '@jest/globals';
import { startApplication, type Application } from '../support/application.js';
import { fourServices, type FourServices } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { describeOn, kafkaForTests, type Broker } from '../support/kafka.js';
import { startPostgres } from '../support/postgres-server.js';
import { some } from '../support/some.js';

jest.setTimeout(600_000);
const timeoutMs = 180_000;
const names = ['hr', 'governance', 'provisioning', 'audit'];

/** Nobody listens any more: nothing was sent. Everything else that fetch throws is a request that was cut off. */
const isUnsent = (error: unknown): boolean =>
  ((error as Error).cause as { code?: string } | undefined)?.code === 'ECONNREFUSED';

describeOn(await kafkaForTests(), 'SIGTERM under load', (kafka) => {
  let hub: FourServices;
  let app: Application;
  let broker: Broker;
  const closing: (() => Promise<unknown>)[] = [];
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    const postgres = await startPostgres();
    broker = await kafka.start();
    closing.push(
      () => postgres.stop(),
      () => broker.stop(),
    );
    app = await startApplication();
    closing.push(() => app.child.stop());
    hub = await fourServices(postgres.url, broker.brokers, 'wiki', () => ({ SHUTDOWN_DELAY: '5' }));
    closing.push(() => hub.discard());
    for (const role of ['admin', 'hr-feed', 'auditor']) tokens.set(role, await hub.token(`the-${role}`, role));
    const auth = { type: 'bearer', token: app.token };
    const connector = { displayName: 'Wiki', mode: 'enforce', protocol: 'scim2', baseUrl: app.baseUrl, auth };
    const documents: [string, object][] = [
      ['/provisioning/v1/connectors/wiki', connector],
      ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      [
        '/governance/v1/access-packages/wiki',
        { displayName: 'Wiki', grants: [{ application: 'wiki', account: true }] },
      ],
      ['/governance/v1/birthright-rules/all', { displayName: 'All', filter: 'status eq "active"', packages: ['wiki'] }],
    ];
    for (const [path, body] of some(documents)) {
      const answer = await hub.call('PUT', path, { token: tokens.get('admin') ?? '', body });
      expect(answer.status).toBeLessThan(300);
    }
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('says not ready first, answers what it took, ends with 0, and loses nothing, in each service', async () => {
    const hired: string[] = [];
    const cut: string[] = [];
    let running = true;
    /** One client that hires without pause; it waits only while nobody listens. */
    const client = async (first: number): Promise<void> => {
      for (let number = first; running; number += 1) {
        const body = { familyName: 'Person', email: `p${number}@corp.example`, hireDate: '2020-01-01' };
        try {
          const { status } = await hub.call('PUT', `/hr/v1/workers/${number}`, {
            token: tokens.get('hr-feed') ?? '',
            body,
          });
          if (status === 201) hired.push(`p${number}@corp.example`);
          else cut.push(`${number}: ${status}`);
        } catch (error) {
          if (!isUnsent(error)) cut.push(`${number}: ${String((error as Error).cause ?? error)}`);
          number -= 1;
          await new Promise((done) => setTimeout(done, 50));
        }
        await new Promise((done) => setTimeout(done, 25));
      }
    };
    const clients = [10_000, 20_000].map(client);
    const end = async (): Promise<void> => {
      running = false;
      await Promise.all(clients);
    };
    closing.push(end);
    for (const name of some(names)) {
      await eventually(() => hired.length > 10, { timeoutMs });
      const child = hub.child(name);
      child.process.kill('SIGTERM');
      const ready = `${hub.baseOf(`/${name}/`)}/health/ready`;
      await eventually(async () => (await fetch(ready)).status === 503);
      expect([name, await child.exited]).toEqual([name, { code: 0, signal: null }]);
      await hub.start(name);
    }
    await end();
    expect(cut).toEqual([]);
    await eventually(async () => (await app.users()).length >= hired.length, { timeoutMs, everyMs: 500 });
    expect((await app.users()).map(({ userName }) => userName).sort()).toEqual([...hired].sort());
    const token = tokens.get('auditor') ?? '';
    const filter = encodeURIComponent('type eq "hub.hr.worker.hired.v1"');
    const entries = async (): Promise<number> => {
      let [count, cursor] = [0, ''];
      do {
        const page = await hub.call<{ items: unknown[]; nextCursor: string | null }>(
          'GET',
          `/audit/v1/entries?limit=500&filter=${filter}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
          { token },
        );
        count += page.body.items.length;
        cursor = page.body.nextCursor ?? '';
      } while (cursor !== '');
      return count;
    };
    await eventually(async () => (await entries()) === hired.length, { timeoutMs, everyMs: 500 });
    expect((await hub.call('POST', '/audit/v1/checks', { token })).body).toMatchObject({ ok: true });
  });
});
