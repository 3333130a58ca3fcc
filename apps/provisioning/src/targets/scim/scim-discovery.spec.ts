import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { generic } from '#libs/scim/client/profile.js';
import { knownQuirks } from '../../../../../test/targets/quirks/known-quirks.js';
import {
  operationsOf,
  type Quirk,
  type QuirkRequest,
  quirkToken,
  type QuirkServer,
  refused,
  startQuirkServer,
} from '../../../../../test/targets/quirks/quirk-server.js';
import { discover } from './scim-discovery.process.js';
import type { Discovered } from './proposed-profile.js';

const mark = 'identity-hub-probe-1';

describe('discovering how an application speaks SCIM', () => {
  let server: QuirkServer;
  afterEach(() => server.stop());

  const found = (kind: string, write: boolean): Promise<Discovered> => seen(knownQuirks[kind] ?? [], write);
  const seen = async (quirks: readonly Quirk[], write = true): Promise<Discovered> => {
    server = await startQuirkServer(quirks);
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

  it('names another userName, disabled users who are hidden, and texts that are cut', async () => {
    expect(switches(await found('github-emu', true))).toMatchObject({ userNameForm: 'rewritten' });
    await server.stop();
    expect(switches(await found('slack', true))).toMatchObject({ reactivateOnConflict: true });
    await server.stop();
    const cut = await found('servicenow', true);
    expect(switches(cut)).toMatchObject({ readBack: true, lengths: { title: 40 } });
    expect(cut.deviations.find((one) => one.switch === 'lengths')?.saw).toContain('40 of them are shown');
  });

  const refuses = (cites: string, why: (request: QuirkRequest) => boolean): Quirk => ({
    cites,
    instead: (request) => (why(request) ? refused(400, 'not here') : null),
  });
  const changesGroup = ({ method, path }: QuirkRequest): boolean => method === 'PATCH' && path.startsWith('/Groups');

  it.each<[string, Quirk[], object]>([
    ['scim-quirks B vCenter: no PATCH', [refuses('', changesGroup)], { memberChanges: 'put' }],
    [
      'scim-quirks A4 Zoom: groups are with the user',
      [refuses('', ({ path, method }) => path.startsWith('/Groups/') && ['PATCH', 'PUT'].includes(method))],
      { memberChanges: 'user-groups' },
    ],
    [
      'scim-quirks C13: a group is made with a list of members',
      [
        refuses(
          '',
          ({ method, path, body }) => method === 'POST' && path === '/Groups' && body['members'] === undefined,
        ),
      ],
      { membersOnCreate: 'empty-list' },
    ],
    ['scim-quirks C17: no pages', [refuses('', ({ query }) => query.has('startIndex'))], { paging: 'none' }],
    [
      'scim-quirks C29: remove is not known',
      [refuses('', (request) => operationsOf(request).some(({ op, path }) => op === 'remove' && path === 'title'))],
      { clear: 'empty-text' },
    ],
  ])('proposes what fits, and nothing else: %s', async (cites, quirks, expected) => {
    const result = await seen(quirks.map((one) => ({ ...one, cites })));
    expect([switches(result), result.leftovers, result.unsettled]).toEqual([expected, [], []]);
    expect([server.directory.users.size, server.directory.groups.size]).toEqual([0, 0]);
  });

  it('finds users and groups where the resource types say that they are, and where case counts', async () => {
    const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
    const types = [
      { id: 'User', schema: user, endpoint: '/People' },
      { id: 'Group', schema: 'urn:ietf:params:scim:schemas:core:2.0:Group', endpoint: '/Teams' },
    ];
    const schemas = [{ id: user, attributes: [{ name: 'nickName', type: 'string', caseExact: true }] }];
    server = await startQuirkServer([
      {
        cites: 'RFC 7643 §6: a resource type says where its resources are',
        instead: (request) => {
          const { path, directory } = request;
          if (path === '/ResourceTypes') return { status: 200, body: { Resources: types } };
          if (path === '/Schemas') return { status: 200, body: { Resources: schemas } };
          if (/^\/(Users|Groups)/.test(path)) return { status: 404, body: null };
          const moved = path.replace('/People', '/Users').replace('/Teams', '/Groups');
          return moved === path ? null : directory.answer({ ...request, path: moved });
        },
      },
    ]);
    const access = {
      baseUrl: server.baseUrl,
      auth: { type: 'bearer', token: () => quirkToken },
      connections: 2,
    } as const;
    const guard = new AddressGuard([], true);
    const result = await discover({
      access: { ...access, guard, nowMs: () => 0 },
      profile: generic,
      mark,
      write: true,
    });
    expect(switches(result)).toEqual({ usersPath: '/People', groupsPath: '/Teams', caseExact: ['nickName'] });
    expect([result.leftovers, result.unsettled, server.directory.users.size]).toEqual([[], [], 0]);
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
