import { randomUUID } from 'node:crypto';
import { reading } from '../../../apps/provisioning/src/targets/target.js';
import type { Resource } from './quirk-directory.js';
import { type Deviation, somebody, create, addGroup, codeOf, refuse, isGroup, patches } from './deviation.js';
import { filterOf, operationsOf } from './quirk-server.js';

/** How servers keep members, and answer searches and lists. */
export const ofGroupsAndSearches: Readonly<Record<string, Deviation>> = {
  'members are kept with the user': {
    row: 11,
    switches: { memberChanges: 'user-groups' },
    server: [refuse((request) => isGroup(request) && patches(request))],
    works: async (running) => {
      const [id, group] = [await create(running), addGroup(running)];
      await running.groups.grant(group, [id], reading);
      expect([...(await running.groups.holders(group, [id], reading)).ids]).toEqual([id]);
      await running.groups.revoke(group, [id], reading);
      expect([...(await running.groups.holders(group, [id], reading)).ids]).toEqual([]);
    },
  },
  'members are removed by a list of values': {
    row: 11,
    switches: { memberRemoval: 'value-list' },
    server: [refuse((request) => operationsOf(request).some(({ path }) => String(path).startsWith('members[')))],
    works: async (running) => {
      const [one, other, group] = [await create(running), await create(running), addGroup(running)];
      await running.groups.grant(group, [one, other], reading);
      await running.groups.revoke(group, [one], reading);
      expect(running.server.directory.groups.get(group)?.['members']).toEqual([{ value: other }]);
    },
  },
  'a change of members has few bytes': {
    row: 12,
    switches: { maxBytes: 1_000 },
    server: [refuse(({ method, body }) => method === 'PATCH' && JSON.stringify(body).length > 1_000, 413)],
    works: async (running) => {
      const ids = Array.from({ length: 60 }, () => randomUUID());
      const group = addGroup(running);
      await running.groups.grant(group, ids, reading);
      expect(running.server.directory.groups.get(group)?.['members']).toHaveLength(60);
    },
  },
  'a new group has a list of members': {
    row: 13,
    switches: { membersOnCreate: 'empty-list' },
    server: [
      refuse(({ method, path, body }) => method === 'POST' && path === '/Groups' && body['members'] === undefined),
    ],
    works: async (running) => void (await running.groups.create?.('Editors', reading)),
  },
  'members are told by a search for one': {
    row: 14,
    switches: { readMembers: 'by-filter' },
    server: [
      {
        instead: (request) => {
          const [, group, member] = /^id eq "(.*)" and members eq "(.*)"$/.exec(filterOf(request)) ?? [];
          if (group === undefined) return null;
          const found = request.directory.groups.get(group);
          const has = ((found?.['members'] ?? []) as Resource[]).some(({ value }) => value === member);
          return { status: 200, body: { totalResults: has ? 1 : 0, Resources: has ? [found] : [] } };
        },
      },
      { after: (reply, request) => (isGroup(request) ? { ...reply, body: { ...reply.body, members: [] } } : reply) },
    ],
    works: async (running) => {
      const [id, group] = [await create(running), addGroup(running)];
      await running.groups.grant(group, [id], reading);
      expect([...(await running.groups.holders(group, [id], reading)).ids]).toEqual([id]);
    },
  },
  'members are never shown, and nobody asks for them': {
    row: 14,
    switches: { readMembers: 'never' },
    server: [refuse((request) => isGroup(request) && request.method === 'GET', 500)],
    works: async (running) => {
      const [id, group] = [await create(running), addGroup(running)];
      expect(await running.groups.holders(group, [id], reading)).toMatchObject({ showsAny: false, whole: false });
    },
  },
  'the query excludedAttributes is refused': {
    row: 14,
    switches: { excludedAttributes: false },
    server: [refuse(({ query }) => query.has('excludedAttributes'))],
    works: async (running) => void (await running.groups.find('Staff', reading)),
  },
  'nobody found is 404 without the form of SCIM': {
    row: 15,
    switches: { notFound: '404' },
    server: [
      {
        after: (reply, request) =>
          filterOf(request) !== '' && (reply.body as { totalResults?: number }).totalResults === 0
            ? { status: 404, body: { error: 'no such user' } }
            : reply,
      },
    ],
    works: async ({ target }) => expect(await target.accounts.find(somebody(), reading)).toEqual([]),
  },
  '404 to a search is never nobody': {
    row: 15,
    switches: { notFound: 'empty-list' },
    server: [refuse((request) => filterOf(request) !== '', 404)],
    works: async ({ target }) => expect(await codeOf(target.accounts.find(somebody(), reading))).toBe('wrong-address'),
  },
  'a search has one condition, by userName': {
    row: 16,
    switches: { searchable: { users: ['userName'], groups: ['displayName'], operators: ['eq'] } },
    server: [refuse((request) => /externalId| or /.test(filterOf(request)))],
    works: async (running) => {
      const sought = somebody();
      const { shown } = await running.target.accounts.create(sought, { userName: sought.userName }, reading);
      expect((await running.target.accounts.find(sought, reading)).map(({ id }) => id)).toEqual([shown.id]);
    },
  },
  'lists have no pages': {
    row: 17,
    switches: { paging: 'none' },
    server: [refuse(({ query }) => query.has('startIndex') || query.has('count'))],
    works: async (running) => {
      await create(running);
      expect(await running.target.accounts.list(null, reading)).toMatchObject({ items: [{}], complete: true });
    },
  },
  'pages are small, and larger ones refused': {
    row: 17,
    switches: { pageSize: 10 },
    server: [refuse(({ query }) => Number(query.get('count') ?? 0) > 10)],
    works: async ({ target }) => expect((await target.accounts.list(null, reading)).items).toEqual([]),
  },
  'a list has an object that nobody made': {
    row: 18,
    switches: { ignoredIds: ['1'] },
    server: [
      {
        instead: (request) =>
          request.path === '/Users' && request.method === 'GET' && filterOf(request) === ''
            ? { status: 200, body: { totalResults: 1, Resources: [{ id: '1', userName: 'synthesis_user' }] } }
            : null,
      },
    ],
    works: async ({ target }) => expect((await target.accounts.list(null, reading)).items).toEqual([]),
  },
  'a list proves no absence': {
    row: 18,
    switches: { listTrust: 'incomplete' },
    server: [],
    works: async ({ target }) => expect((await target.accounts.list(null, reading)).complete).toBe(false),
  },
  'a name is taken by a customer whom nobody can search for': {
    row: 19,
    switches: { uniqueness: 'global' },
    server: [refuse(({ method }) => method === 'POST', 409)],
    works: async (running) =>
      await expect(create(running)).rejects.toMatchObject({
        terms: { class: 'conflict', detail: expect.stringContaining('over all customers') },
      }),
  },
  'names are in lower case, and searched so': {
    row: 20,
    switches: { userNameForm: 'lower-case' },
    server: [refuse(({ body }) => /[A-Z]/.test(String(body['userName'] ?? '')))],
    works: async (running) => void (await create(running, { userName: 'Ada@Corp.example' })),
  },
};
