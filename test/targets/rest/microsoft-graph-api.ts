import { randomUUID } from 'node:crypto';
import type { RealApplication } from '../contract/subject.js';
import { type ApiReply, type ApiRequest, type Routes, type RunningApi, serveApi } from './api.js';
import { People } from './people.js';

/** A directory extension, which an administrator registers: employeeId has room for 16 characters. */
const hubId = 'extension_0123456789abcdef0123456789abcdef_identityId';

interface User {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly [hubId]: string | null;
  readonly accountEnabled: boolean;
  readonly createdDateTime: string;
}

const groups = [{ id: '0d2f1c8a-1111-4f4e-9a3b-1b1d5a0c0001', displayName: 'Staff', description: null }] as const;
const teams = [{ id: '0d2f1c8a-3333-4f4e-9a3b-1b1d5a0c0003', displayName: 'Launch', description: 'A team' }] as const;
const appRoles = [
  { id: '7e5f1c8a-2222-4f4e-9a3b-1b1d5a0c0002', displayName: 'Approver', value: 'approver', description: 'Approves' },
] as const;
/** `$top` is at most 999; the tests have fewer. */
const pageSize = 5;

/**
 * Microsoft Graph: users, groups and app roles.
 *
 * - A directory extension is written, shown and filtered by its name. https://learn.microsoft.com/en-us/graph/extensibility-overview
 * - Pages by `@odata.nextLink`, an address with `$skiptoken`. https://learn.microsoft.com/en-us/graph/paging
 * - A user is read by id or userPrincipalName, and shows what `$select` names. https://learn.microsoft.com/en-us/graph/api/user-get
 * - Creation needs accountEnabled, displayName, mailNickname, userPrincipalName and passwordProfile.
 *   https://learn.microsoft.com/en-us/graph/api/user-post-users
 * - A change answers 204 without a body. https://learn.microsoft.com/en-us/graph/api/user-update
 * - A member is added by reference, and 400 if it is one already. https://learn.microsoft.com/en-us/graph/api/group-post-members
 * - A team is the group with `Team` in resourceProvisioningOptions. Its members are memberships with ids of their own; one is
 *   added by an address of the user, and goes by its own id. https://learn.microsoft.com/en-us/graph/api/team-post-members,
 *   https://learn.microsoft.com/en-us/graph/api/team-delete-members, https://learn.microsoft.com/en-us/graph/teams-list-all-teams
 * - App roles are granted by appRoleAssignments. https://learn.microsoft.com/en-us/graph/api/user-post-approleassignments
 * - Errors have `error.code`. https://learn.microsoft.com/en-us/graph/errors
 */
export class MicrosoftGraphApi implements RealApplication {
  private readonly people = new People<User>('00000000-0000-4000-8000-00000000');

  serve(token: string): Promise<RunningApi> {
    return serveApi(this.routes, token, {
      unauthorized: problem(401, 'InvalidAuthenticationToken'),
      unknownPath: problem(404, 'BadRequest'),
    });
  }

  accounts() {
    const all = this.people.accounts.all;
    return Promise.resolve(
      all.map((one) => ({ id: one.id, userName: one.userPrincipalName, active: one.accountEnabled })),
    );
  }

  addAccount({ userName, externalId }: { readonly userName: string; readonly externalId?: string }): Promise<string> {
    return Promise.resolve(this.added({ userPrincipalName: userName, [hubId]: externalId ?? null }).id);
  }

  removeAccount(id: string): Promise<void> {
    this.people.accounts.remove(id);
    return Promise.resolve();
  }

  attribute(id: string, path: string): Promise<unknown> {
    const user = this.people.accounts.get(id);
    return Promise.resolve(path === 'name.givenName' ? user?.givenName : user?.surname);
  }

  holders(kind: 'group' | 'role', name: string): Promise<readonly string[]> {
    const all = kind === 'group' ? [...groups, ...teams] : appRoles;
    return Promise.resolve(this.people.holdersOf(all.find(({ displayName }) => displayName === name)?.id ?? ''));
  }

  private added(user: Partial<User>): User {
    const names = { displayName: '', givenName: null, surname: null, [hubId]: null };
    const fresh = { id: randomUUID(), userPrincipalName: '', accountEnabled: true, ...names };
    return this.people.accounts.put({ ...fresh, createdDateTime: new Date().toISOString(), ...user });
  }

  private byKey(key: string): User | undefined {
    const { accounts } = this.people;
    return accounts.get(key) ?? accounts.all.find((one) => one.userPrincipalName.toLowerCase() === key.toLowerCase());
  }

  private readonly routes: Routes = {
    'GET /v1.0/users': (request) => {
      const [, wanted] = /^extension_\w+ eq '([^']*)'$/.exec(request.query.get('$filter') ?? '') ?? [];
      const found = this.people.accounts.all.filter((one) => wanted === undefined || one[hubId] === wanted);
      return listed(found, request);
    },
    'POST /v1.0/users': ({ body }) => {
      const required = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'];
      if (required.some((name) => body[name] === undefined)) return problem(400, 'Request_BadRequest');
      const { passwordProfile: _, mailNickname: __, ...user } = body as unknown as User & Record<string, unknown>;
      if (this.byKey(user.userPrincipalName) !== undefined) return problem(400, 'Request_BadRequest');
      return { status: 201, body: this.added(user) };
    },
    'GET /v1.0/users/:user': ({ parts: [key = ''] }) => this.ofUser(key, (user) => ({ status: 200, body: user })),
    'PATCH /v1.0/users/:user': ({ parts: [key = ''], body }) =>
      this.ofUser(key, (user) => {
        this.people.accounts.put({ ...user, ...body });
        return { status: 204 };
      }),
    'DELETE /v1.0/users/:user': ({ parts: [key = ''] }) =>
      this.ofUser(key, ({ id }) => {
        this.people.accounts.remove(id);
        return { status: 204 };
      }),
    'GET /v1.0/groups': (request) => {
      const isOfTeams = request.query.get('$filter') === "resourceProvisioningOptions/Any(x:x eq 'Team')";
      return listed(isOfTeams ? teams : [...groups, ...teams], request);
    },
    'GET /v1.0/teams/:team/members': (request) =>
      this.ofTeam(request.parts[0] ?? '', (team) =>
        listed(
          this.people.memberships.all
            .filter(({ of }) => of === team)
            .map(({ id, account }) => ({ id, userId: account, roles: [] })),
          request,
        ),
      ),
    'POST /v1.0/teams/:team/members': ({ parts: [id = ''], body }) =>
      this.ofTeam(id, (team) => {
        const [, user = ''] = /\/users\('([^']+)'\)$/.exec(String(body['user@odata.bind'])) ?? [];
        if (body['@odata.type'] !== '#microsoft.graph.aadUserConversationMember') return problem(400, 'BadRequest');
        return this.ofUser(user, (found) => {
          const member = this.people.find(found.id, team) ?? this.people.add(found.id, team);
          return { status: 201, body: { id: member.id, userId: found.id, roles: [] } };
        });
      }),
    'DELETE /v1.0/teams/:team/members/:membership': ({ parts: [id = '', membership = ''] }) =>
      this.ofTeam(id, () => this.removed(membership)),
    'GET /v1.0/users/:user/memberOf/microsoft.graph.group': (request) =>
      this.ofUser(request.parts[0] ?? '', ({ id }) => {
        const held = this.people.heldBy(id).filter(({ of }) => groups.some((group) => group.id === of));
        return listed(
          held.map(({ of }) => ({ id: of })),
          request,
        );
      }),
    'GET /v1.0/groups/:group/members': (request) =>
      listed(
        this.people.holdersOf(request.parts[0] ?? '').map((id) => ({ id })),
        request,
      ),
    'POST /v1.0/groups/:group/members/$ref': ({ parts: [group = ''], body }) => {
      const id = String(body['@odata.id']).split('/').at(-1) ?? '';
      return this.ofUser(id, () => {
        // "One or more added object references already exist"
        if (this.people.find(id, group) !== undefined) return problem(400, 'Request_BadRequest');
        this.people.add(id, group);
        return { status: 204 };
      });
    },
    'DELETE /v1.0/groups/:group/members/:member/$ref': ({ parts: [group = '', member = ''] }) =>
      this.removed(this.people.find(member, group)?.id),
    "GET /v1.0/servicePrincipals(appId='00001111-aaaa-2222-bbbb-3333cccc4444')": () => ({
      status: 200,
      body: { appRoles },
    }),
    'GET /v1.0/users/:user/appRoleAssignments': (request) =>
      this.ofUser(request.parts[0] ?? '', ({ id }) => {
        const held = this.people.heldBy(id).filter(({ of }) => appRoles.some((role) => role.id === of));
        return listed(
          held.map((one) => ({ id: one.id, appRoleId: one.of, principalId: id })),
          request,
        );
      }),
    'POST /v1.0/users/:user/appRoleAssignments': ({ parts: [key = ''], body }) =>
      this.ofUser(key, ({ id }) => {
        const made = this.people.add(id, String(body['appRoleId']));
        return { status: 201, body: { ...body, id: made.id } };
      }),
    'DELETE /v1.0/users/:user/appRoleAssignments/:assignment': ({ parts: [, id = ''] }) => this.removed(id),
  };

  private removed(id: string | undefined): ApiReply {
    const isGone = id !== undefined && this.people.memberships.remove(id);
    return isGone ? { status: 204 } : problem(404, 'Request_ResourceNotFound');
  }

  private ofTeam(id: string, answer: (team: string) => ApiReply): ApiReply {
    return teams.some((team) => team.id === id) ? answer(id) : problem(404, 'NotFound');
  }

  private ofUser(key: string, answer: (user: User) => ApiReply): ApiReply {
    const user = this.byKey(key);
    return user === undefined ? problem(404, 'Request_ResourceNotFound') : answer(user);
  }
}

function problem(status: number, code: string): ApiReply {
  return { status, body: { error: { code, message: `Graph says ${code}` } } };
}

/** A token marks the item that comes next, not a number of items. */
function listed(all: readonly { readonly id: string }[], { query, origin, path }: ApiRequest): ApiReply {
  const token = query.get('$skiptoken');
  const from = token === null ? 0 : all.findIndex(({ id }) => id === token);
  const value = all.slice(from, from + pageSize);
  const [following] = all.slice(from + value.length);
  const next = following === undefined ? {} : { '@odata.nextLink': `${origin}${path}?$skiptoken=${following.id}` };
  return { status: 200, body: { value, ...next } };
}
