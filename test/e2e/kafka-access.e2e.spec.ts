import { execFile } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { topics } from '#libs/contracts/topics.js';
import { startApplication, type Application } from '../support/application.js';
import { fourServices, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { securedBroker } from '../support/kafka.js';
import { applyAcls, clientOf, serviceEnv } from '../support/kafka-secured.js';
import { startPostgres } from '../support/postgres-server.js';
import { built } from '../support/processes.js';

jest.setTimeout(300_000);
const timeoutMs = 120_000;
const services = ['hr', 'governance', 'provisioning', 'audit'];

const broker = await securedBroker(services.map((service) => `hub-${service}`));
const describeIfOurs = broker === null ? describe.skip : describe;

describeIfOurs('Kafka with TLS, SASL and the access that `hub kafka-acls` prints', () => {
  let hub: Deployment;
  let app: Application;
  const closing: (() => Promise<unknown>)[] = [];
  const [brokers, ca] = [broker?.brokers ?? '', broker?.ca ?? ''];
  const clientAs = async (service: string): Promise<Kafka> => new Kafka(await clientOf(brokers, ca, `hub-${service}`));

  beforeAll(async () => {
    const postgres = await startPostgres();
    closing.push(
      () => postgres.stop(),
      async () => await broker?.stop(),
    );
    app = await startApplication();
    closing.push(() => app.child.stop());
    const program = resolve(built, 'apps/hub/src/cli.main.js');
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'kafka-acls']);
    expect(await applyAcls(await clientOf(brokers, ca, 'admin'), stdout)).toBeGreaterThan(40);
    const envs = new Map<string, Record<string, string>>();
    for (const service of services) envs.set(service, await serviceEnv(dirname(ca), ca, `hub-${service}`));
    hub = await fourServices(postgres.url, brokers, 'wiki', { envOf: (service) => envs.get(service) ?? {} });
    closing.push(() => hub.discard());
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  async function put(path: string, body: unknown, ...who: [string, string]): Promise<void> {
    const answer = await hub.call('PUT', path, { token: await hub.token(...who), body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  }

  it('is enough for a hire to have an account, a leaver to lose it, and the log to know both', async () => {
    const connector = { displayName: 'Wiki', mode: 'enforce', protocol: 'scim2', baseUrl: app.baseUrl };
    const auth = { type: 'bearer', token: app.token };
    await put('/provisioning/v1/connectors/wiki', { ...connector, auth }, 'ada-admin', 'admin');
    await put('/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }, 'ada-admin', 'admin');
    const grants = [{ application: 'wiki', account: true }];
    await put('/governance/v1/access-packages/staff', { displayName: 'Staff', grants }, 'ada-admin', 'admin');
    const rule = { displayName: 'Staff', filter: 'status eq "active"', packages: ['staff'] };
    await put('/governance/v1/birthright-rules/staff', rule, 'ada-admin', 'admin');
    const ada = { familyName: 'Lovelace', email: 'ada@corp.example', hireDate: '2020-01-01' };
    await put('/hr/v1/workers/1001', ada, 'hr-system', 'hr-feed');
    const active = async (): Promise<boolean | undefined> => (await app.user('ada@corp.example'))?.active;
    try {
      await eventually(async () => (await active()) === true, { timeoutMs, everyMs: 300 });
      await put('/hr/v1/workers/1001', { ...ada, terminationDate: '2024-01-31' }, 'hr-system', 'hr-feed');
      await eventually(async () => (await active()) === false, { timeoutMs, everyMs: 300 });
      const token = await hub.token('olga', 'auditor');
      const types = ['hub.hr.worker.terminated.v1', 'hub.provisioning.account.disabled.v1'];
      const logged = async (type: string): Promise<number> =>
        (
          await hub.call<{ items: unknown[] }>(
            'GET',
            `/audit/v1/entries?filter=${encodeURIComponent(`type eq "${type}"`)}`,
            { token },
          )
        ).body.items.length;
      for (const type of types) await eventually(async () => (await logged(type)) > 0, { timeoutMs, everyMs: 300 });
    } catch (error) {
      throw new Error(hub.output(), { cause: error });
    }
  });

  it('lets a service publish again what it said, by the command of the operator, and nothing happens twice', async () => {
    const program = resolve(built, 'apps/hub/src/cli.main.js');
    const from = new Date(Date.parse('2000-01-01')).toISOString();
    const again = async (service: string, since: string, role: string): Promise<string> => {
      const given = [
        '--from',
        since,
        '--url',
        hub.baseOf(`/${service}/`),
        '--token',
        await hub.token('olga-ops', role),
      ];
      return (await promisify(execFile)(process.execPath, [program, 'republish', service, ...given])).stdout;
    };
    const hourAgo = new Date(performance.timeOrigin + performance.now() - 3_600_000).toISOString();
    expect(await again('hr', hourAgo, 'hr-operator')).toContain('publishes again');
    expect(await again('governance', hourAgo, 'policy-admin')).toContain('publishes again');
    await expect(again('hr', from, 'hr-operator')).rejects.toMatchObject({ code: 1 });
    await expect(again('hr', hourAgo, 'hr-feed')).rejects.toMatchObject({ code: 1 });
    const grace = { familyName: 'Hopper', email: 'grace@corp.example', hireDate: '2020-01-01' };
    await put('/hr/v1/workers/1002', grace, 'hr-system', 'hr-feed');
    await eventually(async () => (await app.user('grace@corp.example'))?.active === true, { timeoutMs, everyMs: 300 });
    expect((await app.users()).map(({ userName }) => userName).sort()).toEqual([
      'ada@corp.example',
      'grace@corp.example',
    ]);
    const token = await hub.token('olga', 'auditor');
    const filter = encodeURIComponent('type eq "hub.hr.worker.terminated.v1"');
    const { body } = await hub.call<{ items: unknown[] }>('GET', `/audit/v1/entries?filter=${filter}`, { token });
    expect(body.items).toHaveLength(1);
  });

  it.each([
    ['hr', topics.desiredAccess],
    ['hr', topics.identities],
    ['governance', topics.lifecycle],
    ['governance', topics.results],
    ['provisioning', topics.desiredAccess],
    ['provisioning', topics.lifecycle],
    ['audit', topics.desiredAccess],
    ['audit', topics.lifecycle],
  ])('refuses what %s forges on %s', async (service, topic) => {
    const producer = (await clientAs(service)).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const forged = producer.send({ topic, messages: [{ key: 'k', value: '{}' }] });
    await expect(forged).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
    await producer.disconnect();
  });

  it('lets a service read nothing that it does not need, nor as the group of another', async () => {
    const read = async (service: string, groupId: string, topic: string): Promise<unknown> => {
      const consumer = (await clientAs(service)).consumer({ groupId, retry: { retries: 0 } });
      const failed = Promise.withResolvers<unknown>();
      consumer.on(consumer.events.CRASH, ({ payload }) => failed.resolve(payload.error));
      await consumer.connect();
      try {
        await consumer.subscribe({ topic });
        await consumer.run({ eachMessage: () => Promise.resolve() });
        return await failed.promise;
      } catch (error) {
        return error;
      } finally {
        await consumer.disconnect();
      }
    };
    expect(String(await read('hr', 'hr.forged', topics.desiredAccess))).toMatch(/[Nn]ot authorized/);
    expect(String(await read('hr', 'governance', topics.lifecycle))).toMatch(/[Nn]ot authorized/);
  });

  it.each([
    ['without a password', { brokers: [brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } }],
    ['without TLS', async () => ({ ...(await clientOf(brokers, ca, 'hub-hr')), ssl: false, retry: { retries: 0 } })],
    [
      'with a wrong password',
      async () => ({
        ...(await clientOf(brokers, ca, 'hub-hr')),
        sasl: { mechanism: 'scram-sha-512' as const, username: 'hub-hr', password: 'guessed' },
        retry: { retries: 0 },
      }),
    ],
  ])('lets nobody in %s', async (_, config) => {
    const admin = new Kafka(typeof config === 'function' ? await config() : config).admin();
    await expect(admin.connect().then(() => admin.listTopics())).rejects.toThrow();
    await admin.disconnect();
  });
});
