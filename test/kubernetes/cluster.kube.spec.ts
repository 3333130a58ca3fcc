import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { some } from '../support/some.js';
import { connectorDocument, connectorValues, deployApplication, membersOf, usersOf, type User } from './application.js';
import { Cluster, type Answer } from './cluster.js';
import { Load } from './load.js';

jest.setTimeout(30 * 60_000);
const within = { timeoutMs: 300_000, everyMs: 1_000 };

if ((process.env['KUBECONFIG'] ?? '') === '')
  throw new Error('give KUBECONFIG: the cluster that the chart is installed in');
const image = process.env['HUB_IMAGE'] ?? 'identity-hub:0.1.0';
const applicationImage = process.env['APPLICATION_IMAGE'] ?? 'identity-hub-demo-application:local';
const [repository = '', tag = ''] = image.split(/:(?=[^/]*$)/);

const applications = ['wiki', 'crm'] as const;
const cluster = new Cluster(process.env['HUB_NAMESPACE'] ?? 'identity-hub-test');
const values = {
  'image.repository': repository,
  'image.tag': tag,
  connectors: Object.fromEntries(applications.map((name) => [name, connectorValues(name)])),
};
const tokens = new Map<string, string>();

const call = (service: string, method: string, path: string, who: string, body?: unknown): Promise<Answer> =>
  cluster.call(cluster.service(service), method, path, tokens.get(who) ?? '', body);

async function send(service: string, method: string, path: string, who: string, body: object): Promise<Answer['body']> {
  const answer = await call(service, method, path, who, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const put = (service: string, path: string, who: string, body: object): Promise<Answer['body']> =>
  send(service, 'PUT', path, who, body);

const mailOf = (employeeId: string): string => `p${employeeId}@corp.example`;
const hire = async (employeeId: string, more: object = {}): Promise<void> => {
  const worker = { familyName: `Person ${employeeId}`, email: mailOf(employeeId), hireDate: '2020-01-01', ...more };
  await put('hr', `/hr/v1/workers/${employeeId}`, 'hr-feed', worker);
};
const accounts = async (application: string, employeeId: string): Promise<boolean[]> =>
  (await usersOf(cluster, application))
    .filter(({ userName }) => userName === mailOf(employeeId))
    .map(({ active }) => active !== false);

async function identityOf(employeeId: string): Promise<string> {
  const filter = encodeURIComponent(`employeeId eq "${employeeId}"`);
  return await eventually(async () => {
    const { body } = await call('governance', 'GET', `/governance/v1/identities?filter=${filter}`, 'admin');
    return (body['items'] as { id: string }[] | undefined)?.[0]?.id;
  }, within);
}

/** Each account once, and one in each application for everybody of these. */
async function nothingLostOrDoubled(employeeIds: readonly string[]): Promise<void> {
  const emails = employeeIds.map(mailOf);
  for (const application of some(applications)) {
    const names = (users: readonly User[]): string[] => users.map(({ userName }) => userName);
    await eventually(async () => {
      const there = new Set(names(await usersOf(cluster, application)));
      return emails.every((email) => there.has(email));
    }, within);
    const all = names(await usersOf(cluster, application));
    expect([application, all.length]).toEqual([application, new Set(all).size]);
  }
}

/** Does something to the cluster while people are hired without pause, and looks for each of them afterwards. */
async function underLoad(change: (load: Load) => Promise<void>): Promise<void> {
  const load = new Load((employeeId) => hire(employeeId));
  try {
    await load.hires(5);
    await change(load);
    await load.hires(5);
  } finally {
    await load.end();
  }
  process.stdout.write(`${load.said()}\n`);
  await nothingLostOrDoubled(load.hired);
}

beforeAll(async () => {
  await cluster.kubectl('create', 'namespace', cluster.namespace).catch(() => undefined);
  // The API server refuses every pod that asks for more than the restricted profile gives.
  const profile = 'pod-security.kubernetes.io/enforce=restricted';
  await cluster.kubectl('label', '--overwrite', 'namespace', cluster.namespace, profile);
  for (const application of applications) await deployApplication(cluster, application, applicationImage);
  // One part alone goes on with the release that an earlier run installed.
  if (!(await cluster.isInstalled())) await cluster.install('install', values);
  for (const role of ['admin', 'hr-feed', 'auditor']) tokens.set(role, await cluster.token(`the-${role}`, role));
  for (const application of some(applications)) {
    await put(`connector-${application}`, `/provisioning/v1/connectors/${application}`, 'admin', {
      ...connectorDocument(application),
    });
    const document = { displayName: application, connectorId: application };
    await put('governance', `/governance/v1/applications/${application}`, 'admin', document);
  }
  const grants = applications.map((application) => ({ application, account: true }));
  await put('governance', '/governance/v1/access-packages/staff', 'admin', { displayName: 'Staff', grants });
  const rule = { displayName: 'All', filter: 'status eq "active"', packages: ['staff'] };
  await put('governance', '/governance/v1/birthright-rules/all', 'admin', rule);
});
afterAll(() => cluster.close());

describe('the chart in a cluster', () => {
  it('passes helm test', async () => {
    expect(await cluster.helm('test', 'hub', '--timeout', '5m')).toContain('Succeeded');
  });

  it('brings a hire to an account in each application, and takes it from a leaver', async () => {
    await hire('1001');
    for (const application of some(applications))
      await eventually(async () => (await accounts(application, '1001')).includes(true), within);
    await hire('1001', { terminationDate: '2020-02-01' });
    for (const application of some(applications))
      await eventually(async () => !(await accounts(application, '1001')).includes(true), within);
  });

  it('gives what is requested once the manager approves it', async () => {
    await hire('1101');
    await hire('1102', { managerId: '1101' });
    const manager = { stages: [{ approvers: ['manager'] }] };
    await put('governance', '/governance/v1/access-packages/editors', 'admin', {
      displayName: 'Editors',
      grants: [{ application: 'wiki', group: 'Editors' }],
      requestFor: 'self',
      requireJustification: false,
      approval: manager,
    });
    tokens.set('1101', await cluster.token('1101', 'approver'));
    tokens.set('1102', await cluster.token('1102', 'requester'));
    for (const employeeId of ['1101', '1102']) await identityOf(employeeId);
    if (!(await membersOf(cluster, 'wiki', 'Editors')).includes(mailOf('1102'))) {
      const { id } = await send('governance', 'POST', '/governance/v1/requests', '1102', { packageId: 'editors' });
      const decision = { decision: 'approve', comment: 'needed' };
      await send('governance', 'POST', `/governance/v1/requests/${String(id)}/decisions`, '1101', decision);
    }
    await eventually(async () => (await membersOf(cluster, 'wiki', 'Editors')).includes(mailOf('1102')), within);
  });

  it('answers who has access and had it, and the log is sound', async () => {
    const typesOf = async (type: string): Promise<number> => {
      const filter = encodeURIComponent(`type eq "${type}"`);
      const { body } = await call('audit', 'GET', `/audit/v1/entries?limit=1&filter=${filter}`, 'auditor');
      return ((body['items'] ?? []) as object[]).length;
    };
    for (const type of ['hub.provisioning.account.created.v1', 'hub.hr.worker.terminated.v1'])
      await eventually(async () => (await typesOf(type)) > 0, within);
    const { body } = await call('audit', 'GET', '/audit/v1/access?application=wiki&limit=500', 'auditor');
    const held = (body['items'] ?? []) as { identity: { employeeId: string } }[];
    expect(held.map(({ identity }) => identity.employeeId)).toContain('1102');
    expect((await call('audit', 'POST', '/audit/v1/checks', 'auditor')).body).toMatchObject({ ok: true });
  });
});

describe('under a constant load of hires, no request is refused for good, and nothing is lost or doubled', () => {
  it('by a rolling upgrade', () =>
    underLoad(() => cluster.install('upgrade', { ...values, 'pod.annotations': { upgraded: cluster.now() } })));

  it.each([
    'hr',
    'governance',
    'provisioning',
    'connector-wiki',
    'connector-crm',
    'audit',
    'witness',
    'kafka',
    'postgresql',
  ])('by the deletion of the pods of %s', (component) => underLoad(() => cluster.deletePods(component)));

  it('while governance is scaled to three, and back', () =>
    underLoad(async (load) => {
      await cluster.install('upgrade', { ...values, 'services.governance.replicas': 3 });
      expect(await cluster.readyReplicas('governance')).toBe(3);
      await load.hires(10);
      await cluster.install('upgrade', values);
      expect(await cluster.readyReplicas('governance')).toBe(1);
    }));

  it('by a rollback to the first release', () =>
    underLoad(async () => {
      await cluster.helm('rollback', 'hub', '1', '--wait', '--timeout', '15m');
    }));

  it('and the log is sound in the end', async () => {
    expect((await call('audit', 'POST', '/audit/v1/checks', 'auditor')).body).toMatchObject({ ok: true });
  });
});
