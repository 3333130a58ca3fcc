import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { audience, startIdentityProvider, type IdentityProvider } from '../support/identity-provider.js';
import { some } from '../support/some.js';

jest.setTimeout(240_000);

describe('signing in with an OpenID provider', () => {
  let provider: IdentityProvider;
  let hub: HubUnderTest;

  beforeAll(async () => {
    provider = await startIdentityProvider();
    hub = await startHub({
      OIDC_ISSUER: provider.issuer,
      OIDC_AUDIENCE: audience,
      OIDC_ROLES_CLAIM: 'hub.roles',
      HOST: '127.0.0.1',
    });
  });
  afterAll(async () => {
    await hub.discard();
    await provider.stop();
  });

  const statusOf = async (token: string, path = '/governance/v1/requests'): Promise<number> =>
    (await hub.call('GET', path, { token })).status;
  const put = async (employeeId: string, worker: object): Promise<number> => {
    const token = await provider.programToken('hr-feed');
    const body = { familyName: 'Lovelace', hireDate: '2020-01-01', ...worker };
    return (await hub.call('PUT', `/hr/v1/workers/${employeeId}`, { token, body })).status;
  };

  it('a program gets the roles of the configured claim, and no others', async () => {
    expect(await put('1001', {})).toBe(201);
    expect(await statusOf(await provider.programToken('hr-feed'))).toBe(403);
    expect(await statusOf(await provider.programToken('no-role'))).toBe(403);
    expect(await statusOf(await provider.programToken('admin'), '/governance/v1/identities')).toBe(200);
  });

  it('a person signs in by browser, acts as herself, and is refused in every service once she left', async () => {
    expect(await put('1002', { familyName: 'Hopper' })).toBe(201);
    const token = await provider.personToken('1002', 'requester', 'auditor', 'connector-admin', 'hr-operator');
    const answers = ['/governance/v1/requests', '/audit/v1/entries', '/provisioning/v1/connectors', '/hr/v1/workers'];
    await eventually(async () => (await statusOf(token)) === 200);
    for (const path of some(answers)) expect([path, await statusOf(token, path)]).toEqual([path, 200]);
    expect(await put('1002', { familyName: 'Hopper', terminationDate: '2020-02-01' })).toBe(200);
    for (const path of some(answers)) await eventually(async () => (await statusOf(token, path)) === 401);
  });

  it('goes on when the provider changes its key, and refuses the former one once it is withdrawn', async () => {
    const before = await provider.programToken('admin');
    expect(await statusOf(before, '/governance/v1/identities')).toBe(200);
    await provider.rotate(true);
    const after = await provider.programToken('admin');
    await eventually(async () => (await statusOf(after, '/governance/v1/identities')) === 200);
    expect(await statusOf(before, '/governance/v1/identities')).toBe(200);
    await provider.rotate(false);
    const newest = await provider.programToken('admin');
    await eventually(async () => (await statusOf(newest, '/governance/v1/identities')) === 200);
    await eventually(async () => (await statusOf(after, '/governance/v1/identities')) === 401, { timeoutMs: 90_000 });
  });

  it('lets nobody new in on keys it never saw, and lets in who is known while the provider is away', async () => {
    const known = await provider.programToken('admin');
    await eventually(async () => (await statusOf(known, '/governance/v1/identities')) === 200);
    await provider.down();
    expect(await statusOf(known, '/governance/v1/identities')).toBe(200);
    await provider.up();
  });
});
