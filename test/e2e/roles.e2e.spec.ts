import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { hubDeployment, type Deployment } from '../support/deployment.js';
import { BillingApi } from '../targets/billing-api.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';

jest.setTimeout(120_000);

const token = 'billing-token-71c4';
const within = { timeoutMs: 30_000 };

interface Period {
  readonly basis: string;
  readonly account?: true;
  readonly group?: string;
  readonly role?: string;
  readonly until: string | null;
  readonly state: string | null;
  readonly why: readonly unknown[];
}

describe('one package with a group by SCIM and a role by the application’s own API', () => {
  let hub: Deployment;
  let app: ScimStub;
  let billing: BillingApi;
  let tokens: { admin: string; hr: string; auditor: string };
  let ada = '';

  beforeAll(async () => {
    app = await startScimStub({ token });
    billing = new BillingApi(() => app.dump().users.map(({ id }) => id));
    app.reply = (request) => billing.answer(request);
    hub = await hubDeployment();
    const [admin = '', hr = '', auditor = ''] = await Promise.all(
      ['admin', 'hr-feed', 'auditor'].map((role) => hub.token(`the-${role}`, role)),
    );
    tokens = { admin, hr, auditor };
    for (const [path, document] of documents()) await put(path, document);
  });
  afterAll(async () => {
    await hub.discard();
    await app.stop();
  });

  const documents = (): [path: string, document: object][] => [
    [
      '/provisioning/v1/connectors/billing',
      {
        displayName: 'Billing',
        mode: 'enforce',
        protocol: 'scim2',
        baseUrl: app.baseUrl,
        auth: { type: 'bearer', token },
        rest: BillingApi.description(`http://127.0.0.1:${app.port}`),
      },
    ],
    ['/governance/v1/applications/billing', { displayName: 'Billing', connectorId: 'billing' }],
    [
      '/governance/v1/access-packages/finance',
      {
        displayName: 'Finance',
        grants: [
          { application: 'billing', group: 'Finance' },
          { application: 'billing', role: 'Approver' },
        ],
      },
    ],
    [
      '/governance/v1/birthright-rules/finance',
      { displayName: 'Finance', filter: 'status eq "active" and department eq "Finance"', packages: ['finance'] },
    ],
  ];

  const put = async (path: string, body: object): Promise<void> => {
    const answer = await hub.call('PUT', path, { token: tokens.admin, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  };
  const hire = (more: object = {}, number = '101'): Promise<unknown> =>
    hub.call('PUT', `/hr/v1/workers/${number}`, {
      token: tokens.hr,
      body: {
        givenName: 'Ada',
        familyName: 'Lovelace',
        email: 'ada@corp.example',
        department: 'Finance',
        hireDate: '2020-01-01',
        ...more,
      },
    });
  const identity = async (number = '101'): Promise<string> => {
    const path = `/governance/v1/identities?filter=${encodeURIComponent(`employeeId eq "${number}"`)}`;
    const { body } = await hub.call<{ items: { id: string }[] }>('GET', path, { token: tokens.admin });
    return body.items[0]?.id ?? '';
  };
  const held = (): { groups: string[]; roles: readonly string[] } => {
    const { users, groups } = app.dump();
    const id = users.find(({ userName }) => userName === 'ada@corp.example')?.id ?? '';
    const isMember = ({ members }: (typeof groups)[number]): boolean => members.some(({ value }) => value === id);
    return { groups: groups.filter(isMember).map(({ displayName }) => displayName), roles: billing.heldBy(id) };
  };
  const assignments = async (): Promise<Record<string, unknown>[]> => {
    const path = `/governance/v1/assignments?filter=${encodeURIComponent(`identityId eq "${ada}"`)}`;
    const { body } = await hub.call<{ items: Record<string, unknown>[] }>('GET', path, { token: tokens.admin });
    return body.items;
  };
  const timeline = async (): Promise<Period[]> => {
    const path = `/audit/v1/identities/${ada}/timeline`;
    const { body } = await hub.call<{ items: Period[] }>('GET', path, { token: tokens.auditor });
    return body.items;
  };
  const period = async (kind: 'account' | 'group' | 'role'): Promise<Period | undefined> =>
    (await timeline()).find((one) => one.basis === 'possible' && one[kind] !== undefined);

  it('gives both, and the account that they need, to the person who is hired', async () => {
    await hire();
    await eventually(() => held().roles.length === 1, within);
    expect(held()).toEqual({ groups: ['Finance'], roles: ['Approver'] });
    ada = await eventually(async () => (await identity()) || undefined);
    await eventually(async () => (await assignments())[0]?.['delivery'] === 'delivered', within);
  });

  it('is shown by the audit as confirmed, each with its cause', async () => {
    await eventually(async () => (await period('role'))?.state === 'confirmed', within);
    const access = await hub.call<{ items: { entitlements: unknown[]; why: unknown[] }[] }>(
      'GET',
      '/audit/v1/access?application=billing',
      { token: tokens.auditor },
    );
    expect(JSON.stringify(access.body.items)).toContain('Approver');
    for (const kind of ['account', 'group', 'role'] as const)
      expect([kind, JSON.stringify((await period(kind))?.why)]).toEqual([kind, expect.stringContaining('Finance')]);
  });

  it('is taken away whole from the person who leaves', async () => {
    await hire({ terminationDate: '2024-01-31' });
    await eventually(() => held().roles.length === 0 && held().groups.length === 0, within);
    expect(app.dump().users.map(({ active }) => active)).toEqual([false]);
    await eventually(async () => (await assignments())[0]?.['removal'] === 'done', within);
  });

  it('has ended for the audit, too', async () => {
    await eventually(async () => (await period('role'))?.until != null, within);
    await eventually(async () => (await period('group'))?.until != null, within);
    expect([(await period('group'))?.group, (await period('role'))?.role]).toEqual(['Finance', 'Approver']);
  });

  it('is taken away at once when security locks a person down, from a paused connector too, and stays away', async () => {
    const grace = { givenName: 'Grace', email: 'grace@corp.example' };
    const account = () => app.dump().users.find(({ userName }) => userName === grace.email);
    const heldByGrace = (): readonly string[] => billing.heldBy(account()?.id ?? '');
    await hire(grace, '102');
    await eventually(() => heldByGrace().length === 1, within);
    const id = await eventually(async () => (await identity('102')) || undefined);
    const [guard = '', second = ''] = await Promise.all(['guard', 'second'].map((name) => hub.token(name, 'security')));
    const lockdown = `/governance/v1/identities/${id}/lockdown`;
    const paused = await hub.call('POST', '/provisioning/v1/connectors/billing/pause', { token: tokens.admin });
    expect(paused.status).toBeLessThan(300);
    const locked = await hub.call('POST', lockdown, { token: guard, body: { reason: 'Credentials were stolen' } });
    expect(locked.status).toBe(202);
    const receipts = async (): Promise<{ application: string; state: string }[]> =>
      (await hub.call<{ receipts: { application: string; state: string }[] }>('GET', lockdown, { token: guard })).body
        .receipts;
    await eventually(async () => (await receipts())[0]?.state === 'done', within);
    expect([account()?.active, heldByGrace()]).toEqual([false, []]);
    await hire({ ...grace, jobTitle: 'Controller' }, '102');
    const release = `/governance/v1/identities/${id}/release-lockdown`;
    const body = { reason: 'The passwords are changed' };
    expect((await hub.call('POST', release, { token: guard, body })).status).toBe(403);
    expect(account()?.active).toBe(false);
    await hub.call('POST', '/provisioning/v1/connectors/billing/resume', { token: tokens.admin });
    expect((await hub.call('POST', release, { token: second, body })).status).toBe(200);
    await eventually(() => account()?.active === true && heldByGrace().length === 1, within);
    await eventually(async () => {
      const path = `/audit/v1/entries?filter=${encodeURIComponent('type eq "hub.governance.identity.locked-down.v1"')}`;
      const { text } = await hub.call('GET', path, { token: tokens.auditor });
      return text.includes('Credentials were stolen');
    }, within);
  });
});
