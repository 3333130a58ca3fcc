import type { RealApplication } from '../contract/subject.js';
import { type ApiReply, type Routes, type RunningApi, serveApi } from './api.js';
import { People } from './people.js';

interface User {
  readonly id: string;
  readonly primaryEmail: string;
  readonly name: { readonly givenName: string; readonly familyName: string };
  readonly externalIds?: readonly { readonly type: string; readonly value: string }[];
  readonly suspended: boolean;
  readonly creationTime: string;
}

const groups = [{ id: 'grp1', email: 'staff@corp.example', name: 'Staff', description: 'All staff' }] as const;
const roles = [{ roleId: '77001', roleName: 'Help desk', roleDescription: 'Resets passwords' }] as const;
/** `maxResults` is at most 500; the tests have fewer. */
const pageSize = 5;
const customer = '/admin/directory/v1/customer/my_customer';

/**
 * Google Workspace Directory API: users, groups and admin roles.
 *
 * - A list leaves its field out when it is empty, and pages by `nextPageToken` and `pageToken`.
 *   https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list
 * - A user is read by id or primary email; a password is required at creation.
 *   https://developers.google.com/workspace/admin/directory/v1/guides/manage-users
 * - PATCH changes the fields that are sent. https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/patch
 * - A member that is one already answers 409 (`duplicate`). https://developers.google.com/workspace/admin/directory/v1/guides/manage-group-members
 * - Admin roles are granted by role assignments. https://developers.google.com/workspace/admin/directory/v1/guides/manage-roles
 * - Errors have `error.errors[].reason`. https://developers.google.com/workspace/admin/directory/v1/limits
 */
export class GoogleDirectoryApi implements RealApplication {
  private readonly people = new People<User>('1000');

  serve(token: string): Promise<RunningApi> {
    return serveApi(this.routes, token, {
      unauthorized: problem(401, 'authError', 'Invalid Credentials'),
      unknownPath: { status: 404, body: '<html>Not Found</html>' },
    });
  }

  accounts() {
    const all = this.people.accounts.all;
    return Promise.resolve(all.map((one) => ({ id: one.id, userName: one.primaryEmail, active: !one.suspended })));
  }

  addAccount({ userName, externalId }: { readonly userName: string; readonly externalId?: string }): Promise<string> {
    const externalIds = externalId === undefined ? {} : { externalIds: [{ type: 'organization', value: externalId }] };
    return Promise.resolve(this.added({ primaryEmail: userName, ...externalIds }).id);
  }

  removeAccount(id: string): Promise<void> {
    this.people.accounts.remove(id);
    return Promise.resolve();
  }

  attribute(id: string, path: string): Promise<unknown> {
    const name = this.people.accounts.get(id)?.name;
    return Promise.resolve(path === 'name.givenName' ? name?.givenName : name?.familyName);
  }

  holders(_kind: 'group' | 'role', name: string): Promise<readonly string[]> {
    const id = groups.find((one) => one.name === name)?.id ?? roles.find((one) => one.roleName === name)?.roleId ?? '';
    return Promise.resolve(this.people.holdersOf(id));
  }

  private added(user: Partial<User>): User {
    const { accounts } = this.people;
    const name = { givenName: '', familyName: '' };
    const fresh = { id: accounts.nextId(), primaryEmail: '', name, suspended: false };
    return accounts.put({ ...fresh, creationTime: new Date().toISOString(), ...user });
  }

  private byKey(key: string): User | undefined {
    const { accounts } = this.people;
    return accounts.get(key) ?? accounts.all.find(({ primaryEmail }) => primaryEmail === key.toLowerCase());
  }

  private readonly routes: Routes = {
    'GET /admin/directory/v1/users': ({ query }) => {
      const [, value] = /^externalId=(.*)$/.exec(query.get('query') ?? '') ?? [];
      const found = this.people.accounts.all.filter(
        ({ externalIds }) => value === undefined || externalIds?.some((one) => one.value === value) === true,
      );
      return listed('users', found, query.get('pageToken'));
    },
    'POST /admin/directory/v1/users': ({ body }) => {
      const user = body as unknown as User & { readonly password?: string };
      if ((user.password ?? '').length < 8) return problem(400, 'invalid', 'Invalid Password');
      if (this.byKey(user.primaryEmail) !== undefined) return problem(409, 'duplicate', 'Entity already exists.');
      const { primaryEmail, name, externalIds } = user;
      return { status: 200, body: this.added({ primaryEmail, name, ...(externalIds && { externalIds }) }) };
    },
    'GET /admin/directory/v1/users/:key': ({ parts: [key = ''] }) =>
      this.ofUser(key, (user) => ({ status: 200, body: user })),
    'PATCH /admin/directory/v1/users/:key': ({ parts: [key = ''], body }) =>
      this.ofUser(key, (user) => {
        const name = { ...user.name, ...(body['name'] as object | undefined) };
        return { status: 200, body: this.people.accounts.put({ ...user, ...body, name }) };
      }),
    'DELETE /admin/directory/v1/users/:key': ({ parts: [key = ''] }) =>
      this.ofUser(key, ({ id }) => {
        this.people.accounts.remove(id);
        return { status: 204 };
      }),
    'GET /admin/directory/v1/groups': ({ query }) => listed('groups', groups, query.get('pageToken')),
    'GET /admin/directory/v1/groups/:group/members': ({ parts: [id = ''], query }) => {
      const members = this.people.holdersOf(id).map((one) => ({ id: one, role: 'MEMBER', type: 'USER' }));
      return listed('members', members, query.get('pageToken'));
    },
    'POST /admin/directory/v1/groups/:group/members': ({ parts: [id = ''], body }) =>
      this.ofUser(String(body['id']), (user) => {
        if (this.people.find(user.id, id) !== undefined) return problem(409, 'duplicate', 'Member already exists.');
        this.people.add(user.id, id);
        return { status: 200, body: { id: user.id, role: body['role'] } };
      }),
    'DELETE /admin/directory/v1/groups/:group/members/:member': ({ parts: [id = '', member = ''] }) =>
      this.removed(this.people.find(member, id)?.id),
    [`GET ${customer}/roles`]: ({ query }) => listed('items', roles, query.get('pageToken')),
    [`GET ${customer}/roleassignments`]: ({ query }) => {
      const held = this.people.heldBy(query.get('userKey') ?? '').filter(({ of }) => of.startsWith('77'));
      const items = held.map(({ id, account, of }) => ({ roleAssignmentId: id, assignedTo: account, roleId: of }));
      return listed('items', items, query.get('pageToken'));
    },
    [`POST ${customer}/roleassignments`]: ({ body }) =>
      this.ofUser(String(body['assignedTo']), ({ id }) => {
        const made = this.people.add(id, String(body['roleId']));
        return { status: 200, body: { roleAssignmentId: made.id, ...body } };
      }),
    [`DELETE ${customer}/roleassignments/:assignment`]: ({ parts: [id = ''] }) => this.removed(id),
  };

  private removed(id: string | undefined): ApiReply {
    const isGone = id !== undefined && this.people.memberships.remove(id);
    return isGone ? { status: 204 } : problem(404, 'notFound', 'Resource Not Found: memberKey');
  }

  private ofUser(key: string, answer: (user: User) => ApiReply): ApiReply {
    const user = this.byKey(key);
    return user === undefined ? problem(404, 'notFound', 'Resource Not Found: userKey') : answer(user);
  }
}

function problem(code: number, reason: string, message: string): ApiReply {
  return { status: code, body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } } };
}

/** A token marks the item that comes next, not a number of items. */
function listed(field: string, all: readonly object[], token: string | null): ApiReply {
  const keyOf = (one: object): string => Buffer.from(JSON.stringify(Object.values(one)[0])).toString('base64url');
  const from = token === null ? 0 : all.findIndex((one) => keyOf(one) === token);
  const items = all.slice(from, from + pageSize);
  const [following] = all.slice(from + items.length);
  const next = following === undefined ? {} : { nextPageToken: keyOf(following) };
  return {
    status: 200,
    body: { kind: `admin#directory#${field}`, ...(items.length > 0 ? { [field]: items } : {}), ...next },
  };
}
