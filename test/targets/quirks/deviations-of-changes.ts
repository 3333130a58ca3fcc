import { reading } from '../../../apps/provisioning/src/targets/target.js';
import {
  type Deviation,
  somebody,
  create,
  addGroup,
  codeOf,
  refuse,
  isUser,
  patches,
  disables,
  empties,
} from './deviation.js';
import { filterOf, operationsOf } from './quirk-server.js';

/** How servers take changes of users. */
export const ofChanges: Readonly<Record<string, Deviation>> = {
  'users and groups have other paths': {
    row: 1,
    switches: { usersPath: '/people', groupsPath: '/teams' },
    server: [
      refuse(({ path }) => /^\/(Users|Groups)/.test(path), 404),
      {
        instead: (request) => {
          const path = request.path.replace('/people', '/Users').replace('/teams', '/Groups');
          return path === request.path ? null : request.directory.answer({ ...request, path });
        },
      },
    ],
    works: async (running) => {
      const id = await create(running);
      await running.groups.grant(addGroup(running), [id], reading);
      expect([...running.server.directory.groups.values()]).toMatchObject([{ members: [{ value: id }] }]);
    },
  },
  'what is sent is plain JSON': {
    row: 2,
    switches: { contentType: 'application/json', accept: 'application/json' },
    server: [
      refuse(({ headers }) => `${String(headers['content-type'])} ${String(headers['accept'])}`.includes('scim'), 415),
    ],
    works: async (running) => void (await create(running)),
  },
  'no media type is named': {
    row: 2,
    switches: { contentType: 'none', accept: 'none' },
    server: [refuse(({ headers }) => headers['content-type'] !== undefined || headers['accept'] !== '*/*', 415)],
    works: async (running) => void (await create(running)),
  },
  'users are written whole': {
    row: 4,
    switches: { update: 'read-and-put', deactivate: 'put' },
    server: [refuse(patches)],
    works: async (running) => {
      await empties(running);
      await disables(running);
    },
  },
  'operations are capital': {
    row: 5,
    switches: { patchOps: 'capital' },
    server: [refuse((request) => operationsOf(request).some(({ op }) => /^[a-z]/.test(String(op))))],
    works: empties,
  },
  'one operation without a path, nested': {
    row: 6,
    switches: { patchShape: 'pathless', deactivate: 'patch-pathless' },
    server: [refuse((request) => isUser(request) && operationsOf(request).some(({ path }) => path !== undefined))],
    works: disables,
  },
  'one operation without a path, with paths as names': {
    row: 6,
    switches: { patchShape: 'dotted' },
    server: [
      refuse((request) =>
        operationsOf(request).some(({ value }) => typeof value === 'object' && 'name' in (value ?? {})),
      ),
      refuse((request) => operationsOf(request).some(({ path }) => path !== undefined)),
    ],
    works: async (running) => {
      const id = await create(running, { 'name.givenName': 'Ada' });
      const before = running.server.requests.length;
      await running.target.accounts.change(id, { 'name.givenName': 'Eva' }, { 'name.givenName': 'Ada' }, reading);
      expect(running.server.requests.slice(before)).toHaveLength(1);
    },
  },
  'paths have no conditions': {
    row: 6,
    switches: { filterInPath: false },
    server: [refuse((request) => operationsOf(request).some(({ path }) => String(path).includes('[')))],
    works: async (running) => {
      const work = 'phoneNumbers[type eq "work"].value';
      const id = await create(running, { [work]: '1' });
      await running.target.accounts.change(id, { [work]: '2' }, { [work]: '1' }, reading);
      const { phoneNumbers } = running.server.directory.users.get(id) as { phoneNumbers?: unknown };
      expect(phoneNumbers).toMatchObject([{ type: 'work', value: '2' }]);
    },
  },
  'true and false are texts': {
    row: 7,
    switches: { booleans: 'string' },
    server: [refuse((request) => operationsOf(request).some(({ value }) => typeof value === 'boolean'))],
    works: disables,
  },
  'an account is disabled without a path': {
    row: 8,
    switches: { deactivate: 'patch-pathless' },
    server: [refuse((request) => operationsOf(request).some(({ path }) => path === 'active'))],
    works: disables,
  },
  'an account is disabled by DELETE': {
    row: 8,
    switches: { deactivate: 'delete', deleteMeans: 'soft' },
    server: [
      refuse((request) => operationsOf(request).some(({ path, value }) => path === 'active' && value === false)),
      {
        instead: ({ method, path, directory }) => {
          const user = method === 'DELETE' ? directory.users.get(path.slice('/Users/'.length)) : undefined;
          if (user === undefined) return null;
          user['active'] = false;
          return { status: 204, body: null };
        },
      },
    ],
    works: disables,
  },
  'accounts are not deleted, and nobody asks for it': {
    row: 9,
    switches: { deleteMeans: 'unsupported' },
    server: [],
    works: async (running) => {
      const id = await create(running);
      expect(await codeOf(running.target.accounts.remove(id, reading))).toBe('unsupported');
      expect(running.server.directory.users.size).toBe(1);
    },
  },
  'a disabled account is shown only where it is asked for': {
    row: 10,
    switches: { reactivateOnConflict: true },
    server: [
      {
        instead: (request) => {
          const { method, path, directory } = request;
          if (method !== 'GET' || path !== '/Users' || filterOf(request).includes('active')) return null;
          const active = [...directory.users.values()].filter(
            (one) => one['active'] !== false && filterOf(request) === '',
          );
          return { status: 200, body: { totalResults: active.length, Resources: active } };
        },
      },
    ],
    works: async (running) => {
      const sought = somebody();
      const attributes = { userName: sought.userName };
      const { shown } = await running.target.accounts.create(sought, attributes, reading);
      await running.target.accounts.setActive(shown.id, false, reading);
      expect(await codeOf(running.target.accounts.create(sought, attributes, reading))).toBe('conflict');
      const found = await running.target.accounts.find(sought, reading);
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set([shown.id]));
    },
  },
};
