import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { generic } from '#libs/scim/client/profile.js';
import { knownQuirks } from '../../../../../test/targets/quirks/known-quirks.js';
import { quirkToken, type QuirkServer, startQuirkServer } from '../../../../../test/targets/quirks/quirk-server.js';
import { discover } from './scim-discovery.process.js';
import type { Discovered } from './proposed-profile.js';

const mark = 'identity-hub-probe-1';

describe('discovering how an application speaks SCIM', () => {
  let server: QuirkServer;
  afterEach(() => server.stop());

  const found = async (kind: string, write: boolean): Promise<Discovered> => {
    server = await startQuirkServer(knownQuirks[kind] ?? []);
    const { baseUrl } = server;
    const guard = new AddressGuard([], true);
    const access = { baseUrl, auth: { type: 'bearer', token: () => quirkToken }, guard, connections: 2 } as const;
    return await discover({ access: { ...access, nowMs: () => 0 }, profile: generic, mark, write });
  };
  const switches = ({ profile }: Discovered): object => (typeof profile === 'string' ? {} : profile.switches);

  it('proposes the profile generic for a server that follows the RFC, and leaves nothing behind', async () => {
    const { profile, deviations, leftovers, unsettled } = await found('none', true);
    expect([profile, deviations, leftovers, unsettled]).toEqual(['generic', [], [], []]);
    expect([server.directory.users.size, server.directory.groups.size]).toEqual([0, 0]);
  });

  it('writes nothing unless it is asked to', async () => {
    const { wrote } = await found('entra-style', false);
    expect([wrote, server.requests.filter((one) => !one.startsWith('GET '))]).toEqual([false, []]);
  });

  it('names what a server for Entra does otherwise', async () => {
    const result = await found('entra-style', true);
    expect(switches(result)).toMatchObject({ patchOps: 'capital', booleans: 'string', memberRemoval: 'value-list' });
    expect(result.deviations.find((one) => one.switch === 'patchOps')?.saw).toContain('capital letter');
  });

  it('names what a server for Okta does otherwise, and the user that it cannot remove', async () => {
    const result = await found('okta-style', true);
    expect(switches(result)).toMatchObject({
      notFound: '404',
      searchable: { users: ['userName'] },
      patchShape: 'pathless',
      deleteMeans: 'unsupported',
    });
    expect(result.leftovers).toEqual([`the user ${mark} (id u1)`]);
  });

  it('names what Slack and AWS do otherwise', async () => {
    expect(switches(await found('slack', true))).toMatchObject({
      contentType: 'application/json',
      deleteMeans: 'soft',
    });
    await server.stop();
    expect(switches(await found('aws-identity-center', true))).toMatchObject({
      excludedAttributes: false,
      filterInPath: false,
      readMembers: 'by-filter',
      memberRemoval: 'value-list',
    });
  });

  it('removes what it made, also when a step in between fails', async () => {
    server = await startQuirkServer([
      {
        cites: 'a gateway that ends',
        instead: ({ method }) => (method === 'PATCH' ? { status: 401, body: {} } : null),
      },
    ]);
    const guard = new AddressGuard([], true);
    const auth = { type: 'bearer', token: () => quirkToken } as const;
    const access = { baseUrl: server.baseUrl, auth, guard, connections: 2, nowMs: () => 0 };
    await expect(discover({ access, profile: generic, mark, write: true })).rejects.toThrow('auth');
    expect(server.directory.users.size).toBe(0);
  });
});
