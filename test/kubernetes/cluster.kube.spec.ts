import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { some } from '../support/some.js';
import { connectorValues, deployApplication, usersOf } from './application.js';
import { Cluster, type Answer } from './cluster.js';

jest.setTimeout(30 * 60_000);
const timeoutMs = 180_000;
const everyMs = 1_000;

if ((process.env['KUBECONFIG'] ?? '') === '')
  throw new Error('give KUBECONFIG: the cluster that the chart is installed in');
const image = process.env['HUB_IMAGE'] ?? 'identity-hub:0.1.0';
const applicationImage = process.env['APPLICATION_IMAGE'] ?? 'identity-hub-demo-application:local';
const [repository = '', tag = ''] = image.split(/:(?=[^/]*$)/);

const cluster = new Cluster(process.env['HUB_NAMESPACE'] ?? 'identity-hub-test');
const values = {
  'image.repository': repository,
  'image.tag': tag,
  connectors: { wiki: connectorValues, crm: connectorValues },
};
const tokens = new Map<string, string>();

const call = (service: string, method: string, path: string, role: string, body?: unknown): Promise<Answer> =>
  cluster.call(`${cluster.name}-${service}`, method, path, tokens.get(role) ?? '', body);

async function put(service: string, path: string, role: string, body: object): Promise<void> {
  const answer = await call(service, 'PUT', path, role, body);
  if (answer.status >= 300)
    throw new Error(`PUT ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

const hire = async (employeeId: string, more: object = {}): Promise<void> =>
  await put('hr', `/hr/v1/workers/${employeeId}`, 'hr-feed', {
    familyName: `Person ${employeeId}`,
    email: `p${employeeId}@corp.example`,
    hireDate: '2020-01-01',
    ...more,
  });

const accounts = async (employeeId: string): Promise<boolean[]> =>
  (await usersOf(cluster))
    .filter(({ userName }) => userName.startsWith(`p${employeeId}@`))
    .map(({ active }) => active !== false);

beforeAll(async () => {
  await cluster.kubectl('create', 'namespace', cluster.namespace).catch(() => undefined);
  // The API server refuses every pod that asks for more than the restricted profile gives.
  await cluster.kubectl(
    'label',
    '--overwrite',
    'namespace',
    cluster.namespace,
    'pod-security.kubernetes.io/enforce=restricted',
  );
  await deployApplication(cluster, applicationImage);
  await cluster.install('install', values);
  for (const role of ['admin', 'hr-feed', 'auditor']) tokens.set(role, await cluster.token(`the-${role}`, role));
});
afterAll(() => cluster.close());

describe('the chart in a cluster', () => {
  it('passes helm test', async () => {
    expect(await cluster.helm('test', 'hub', '--timeout', '5m')).toContain('Succeeded');
  });

  it('brings a hire to an account in the application, and takes it from a leaver', async () => {
    const auth = { type: 'bearer', token: 'file:token' };
    const baseUrl = 'http://application:8080/scim/v2';
    const [connector, application] = [
      { mode: 'enforce', protocol: 'scim2', baseUrl, auth },
      { displayName: 'Wiki', connectorId: 'wiki' },
    ];
    await put('connector-wiki', '/provisioning/v1/connectors/wiki', 'admin', connector);
    await put('governance', '/governance/v1/applications/wiki', 'admin', application);
    const grants = [{ application: 'wiki', account: true }];
    await put('governance', '/governance/v1/access-packages/wiki', 'admin', { displayName: 'Wiki', grants });
    const rule = { displayName: 'All', filter: 'status eq "active"', packages: ['wiki'] };
    await put('governance', '/governance/v1/birthright-rules/all', 'admin', rule);
    await hire('1001');
    await eventually(async () => (await accounts('1001')).includes(true), { timeoutMs, everyMs });
    await hire('1001', { terminationDate: '2020-02-01' });
    await eventually(async () => !(await accounts('1001')).includes(true), { timeoutMs, everyMs });
  });

  it('answers who had access, and the log is sound', async () => {
    await eventually(
      async () => {
        const { body } = await call('audit', 'GET', `/audit/v1/entries?limit=500`, 'auditor');
        const types = ((body['items'] ?? []) as { type: string }[]).map(({ type }) => type);
        return types.includes('hub.provisioning.account.created.v1') && types.includes('hub.hr.worker.terminated.v1');
      },
      { timeoutMs, everyMs },
    );
    expect((await call('audit', 'POST', '/audit/v1/checks', 'auditor')).body).toMatchObject({ ok: true });
  });

  it('loses and doubles nothing under a load of hires while pods are upgraded, deleted, scaled and rolled back', async () => {
    const hired: string[] = [];
    let running = true;
    const load = (async (): Promise<void> => {
      for (let number = 2001; running; number += 1) {
        await hire(String(number));
        hired.push(String(number));
        await new Promise((done) => setTimeout(done, 400));
      }
    })();
    await cluster.install('upgrade', { ...values, 'pod.annotations': { upgraded: 'once' } });
    for (const component of some([
      'hr',
      'governance',
      'provisioning',
      'connector-wiki',
      'audit',
      'witness',
      'kafka',
      'postgresql',
    ])) {
      await cluster.kubectl('delete', 'pod', '--wait=true', '--selector', `app.kubernetes.io/component=${component}`);
      await cluster.kubectl(
        'wait',
        'pod',
        '--for=condition=Ready',
        '--timeout=5m',
        '--selector',
        `app.kubernetes.io/component=${component}`,
      );
    }
    await cluster.install('upgrade', { ...values, 'services.governance.replicas': 3 });
    await cluster.install('upgrade', values);
    await cluster.helm('rollback', 'hub', '1', '--wait', '--timeout', '10m');
    running = false;
    await load;
    expect(hired.length).toBeGreaterThan(20);
    await eventually(
      async () => {
        const users = await usersOf(cluster);
        return hired.every((id) => users.some(({ userName }) => userName.startsWith(`p${id}@`)));
      },
      { timeoutMs: 300_000, everyMs },
    );
    const names = (await usersOf(cluster)).map(({ userName }) => userName);
    expect(names.length).toBe(new Set(names).size);
    expect((await call('audit', 'POST', '/audit/v1/checks', 'auditor')).body).toMatchObject({ ok: true });
  });
});
