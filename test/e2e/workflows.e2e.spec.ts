import { jest } from '@jest/globals';
import { hubDeployment, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { some } from '../support/some.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';

jest.setTimeout(120_000);

const token = 'token-9d3e';
const within = { timeoutMs: 30_000 };
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Step {
  readonly action: string;
  readonly status: string;
  readonly code: string | null;
}

describe('workflows of joiners and leavers', () => {
  let hub: Deployment;
  let wiki: ScimStub;
  let tokens: { admin: string; hr: string };

  beforeAll(async () => {
    wiki = await startScimStub({ token });
    hub = await hubDeployment();
    tokens = { admin: await hub.token('the-admin', 'admin'), hr: await hub.token('the-hr', 'hr-feed') };
    const connector = { mode: 'enforce', protocol: 'scim2', baseUrl: wiki.baseUrl, auth: { type: 'bearer', token } };
    const documents: [path: string, body: object][] = [
      ['/provisioning/v1/connectors/wiki', connector],
      ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      [
        '/governance/v1/access-packages/staff',
        { displayName: 'Staff', grants: [{ application: 'wiki', account: true }] },
      ],
      [
        '/governance/v1/workflows/begin',
        {
          displayName: 'Begin',
          trigger: 'joiner',
          steps: [{ offsetDays: 0, action: 'grant', package: 'staff' }],
        },
      ],
      [
        '/governance/v1/workflows/leave',
        {
          displayName: 'Leave',
          trigger: 'leaver',
          steps: [
            { offsetDays: -5, action: 'disable' },
            { offsetDays: 0, action: 'delete' },
          ],
        },
      ],
    ];
    for (const [path, body] of some(documents)) expect((await put(path, body)).status).toBe(201);
    await hired({});
  });
  afterAll(async () => {
    await hub.discard();
    await wiki.stop();
  });

  const put = (path: string, body: object) => hub.call('PUT', path, { token: tokens.admin, body });
  async function hired(more: object): Promise<void> {
    const body = {
      givenName: 'Ada',
      familyName: 'Lovelace',
      email: 'ada@corp.example',
      hireDate: '2020-01-01',
      ...more,
    };
    const { status } = await hub.call('PUT', '/hr/v1/workers/100', { token: tokens.hr, body });
    expect(status).toBeLessThan(300);
  }
  const steps = async (): Promise<readonly Step[]> =>
    (await hub.call<{ items: Step[] }>('GET', '/governance/v1/workflow-steps', { token: tokens.admin })).body.items;
  const shows = (action: string, status: string) =>
    eventually(async () => (await steps()).some((one) => one.action === action && one.status === status), within);
  const account = () => wiki.dump().users.find(({ userName }) => userName === 'ada@corp.example');

  it('give a joiner an account, and show the step done once it has confirmed that', async () => {
    await shows('grant', 'done');
    expect(account()).toMatchObject({ active: true });
  });

  it('disable the account days before the end, and enable it when HR moves the end', async () => {
    await hired({ terminationDate: inDays(2) });
    await eventually(() => account()?.active === false, within);
    await shows('disable', 'done');
    await hired({ terminationDate: inDays(60) });
    await eventually(() => account()?.active === true, within);
    expect(await steps()).toContainEqual(expect.objectContaining({ action: 'disable', status: 'planned' }));
  });

  it('delete the account of who has left, and show the step done once it is gone', async () => {
    await hired({ terminationDate: inDays(-2) });
    await eventually(() => account() === undefined, within);
    await shows('delete', 'done');
  });
});
