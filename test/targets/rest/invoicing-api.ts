import type { RealApplication } from '../contract/subject.js';
import { type ApiReply, type RawRequest, routed, type Routes, type RunningApi, serveApi, Table } from './api.js';

interface User {
  readonly id: string;
  readonly login: string;
  readonly hubId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly locked: boolean;
}

interface Grant {
  readonly id: string;
  readonly user: string;
  readonly role: string;
}

const pageSize = 4;

interface Task {
  readonly id: string;
  readonly state: 'open' | 'done' | 'refused';
  readonly reason: string;
}

/**
 * A small home-grown invoicing application without SCIM: users, teams and roles by an API of its own. Pages have numbers.
 * It enforces nothing: what is made twice is there twice. With `asksPeople` somebody does each change later, by hand.
 */
export class InvoicingApi implements RealApplication {
  readonly users = new Table<User>('u');
  readonly roles = [
    { code: 'reader', title: 'Reader' },
    { code: 'approver', title: 'Approver' },
  ] as const;
  private readonly teams = new Table<{
    readonly id: string;
    readonly label: string;
    readonly people: readonly string[];
  }>('t');
  private readonly grants = new Table<Grant>('g');
  private readonly tasks = new Table<Task>('task');
  private readonly waiting = new Map<string, () => ApiReply>();
  asksPeople = false;

  /** Ids of tasks that nobody has worked on. */
  get openTasks(): readonly string[] {
    return [...this.waiting.keys()];
  }

  /** Somebody does what was asked for, or refuses to. */
  work(id: string, refusal?: string): void {
    const change = this.waiting.get(id);
    this.waiting.delete(id);
    if (refusal === undefined) change?.();
    this.tasks.put({ id, state: refusal === undefined ? 'done' : 'refused', reason: refusal ?? '' });
  }

  serve(token: string): Promise<RunningApi> {
    return serveApi(this.allRoutes(), token, refusals);
  }

  /** Answers on behalf of a server that checks the token. */
  answer(request: RawRequest): ApiReply {
    return this.answerTo(request, 'http://invoicing.example');
  }

  accounts() {
    const all = this.users.all.map(({ id, login, locked }) => ({ id, userName: login, active: !locked }));
    return Promise.resolve(all);
  }

  addAccount({ userName, externalId }: { readonly userName: string; readonly externalId?: string }): Promise<string> {
    return Promise.resolve(this.added({ login: userName, hubId: externalId ?? null }).id);
  }

  removeAccount(id: string): Promise<void> {
    this.users.remove(id);
    return Promise.resolve();
  }

  attribute(id: string, path: string): Promise<unknown> {
    const user = this.users.get(id);
    return Promise.resolve(path === 'name.givenName' ? user?.firstName : user?.lastName);
  }

  holders(kind: 'group' | 'role', name: string): Promise<readonly string[]> {
    if (kind === 'group') return Promise.resolve(this.teams.all.find(({ label }) => label === name)?.people ?? []);
    const role = this.roles.find(({ title }) => title === name)?.code;
    return Promise.resolve(this.grants.all.filter((one) => one.role === role).map(({ user }) => user));
  }

  /** What it holds, in the form of a directory. */
  dump() {
    return {
      users: this.users.all.map(({ id, login, locked }) => ({ id, userName: login, active: !locked })),
      groups: this.teams.all.map(({ id, label, people }) => ({
        id,
        displayName: label,
        members: people.map((value) => ({ value })),
      })),
    };
  }

  /** Names of the roles of a user, once for each grant. */
  rolesOf(user: string): string[] {
    const held = this.grants.all.filter((one) => one.user === user);
    return held.map(({ role }) => this.roles.find(({ code }) => code === role)?.title ?? role);
  }

  private allRoutes(): Routes {
    const entries = Object.entries(this.routes).map(([route, answer]): [string, Routes[string]] => [
      route,
      route.startsWith('GET ') ? answer : (request) => this.changed(() => answer(request)),
    ]);
    return Object.fromEntries(entries);
  }

  private added(user: Partial<User>): User {
    const fresh = { id: this.users.nextId(), login: '', hubId: null, firstName: '', lastName: '', locked: false };
    return this.users.put({ ...fresh, ...user });
  }

  private changed(change: () => ApiReply): ApiReply {
    if (!this.asksPeople) return change();
    const { id } = this.tasks.put({ id: this.tasks.nextId(), state: 'open', reason: '' });
    this.waiting.set(id, change);
    return ok(202, { task: { id } });
  }

  private readonly routes: Routes = {
    'GET /api/tasks/:task': ({ parts: [id = ''] }) => {
      const task = this.tasks.get(id);
      if (task === undefined) return problem(404, 'unknown_task');
      return ok(200, { task, error: { message: task.reason } });
    },
    'GET /api/users': ({ query }) => {
      const [login, hubId] = [query.get('login'), query.get('hubId')];
      const found = this.users.all.filter(
        (one) => (login === null || one.login === login) && (hubId === null || one.hubId === hubId),
      );
      return page(found, query.get('page'));
    },
    'POST /api/users': ({ body }) => ok(201, { user: this.added(body) }),
    'GET /api/users/:user': ({ parts: [id = ''] }) => this.ofUser(id, (user) => ok(200, { user })),
    'PATCH /api/users/:user': ({ parts: [id = ''], body }) =>
      this.ofUser(id, (user) => ok(200, { user: this.users.put({ ...user, ...body }) })),
    'DELETE /api/users/:user': ({ parts: [id = ''] }) =>
      this.ofUser(id, () => {
        this.users.remove(id);
        return { status: 204 };
      }),
    'GET /api/roles': ({ query }) => page(this.roles, query.get('page')),
    'GET /api/users/:user/roles': ({ parts: [id = ''] }) =>
      this.ofUser(id, () =>
        page(
          this.grants.all.filter(({ user }) => user === id),
          null,
          Infinity,
        ),
      ),
    'POST /api/users/:user/roles': ({ parts: [id = ''], body }) =>
      this.ofUser(id, () => {
        const role = this.roles.find(({ code }) => code === body['role']);
        if (role === undefined) return problem(422, 'unknown_role');
        return ok(201, this.grants.put({ id: this.grants.nextId(), user: id, role: role.code }));
      }),
    'DELETE /api/grants/:grant': ({ parts: [id = ''] }) =>
      this.grants.remove(id) ? { status: 204 } : problem(404, 'unknown_grant'),
    'GET /api/teams': ({ query }) => page(this.teams.all, query.get('page')),
    'POST /api/teams': ({ body }) =>
      ok(201, this.teams.put({ id: this.teams.nextId(), label: String(body['label']), people: [] })),
    'GET /api/teams/:team/people': ({ parts: [id = ''], query }) => {
      const people = (this.teams.get(id)?.people ?? []).map((person) => ({ person }));
      return this.teams.get(id) === undefined ? problem(404, 'unknown_team') : page(people, query.get('page'));
    },
    'PUT /api/teams/:team/people/:user': ({ parts: [id = '', user = ''] }) => this.inTeam(id, user, true),
    'DELETE /api/teams/:team/people/:user': ({ parts: [id = '', user = ''] }) => this.inTeam(id, user, false),
  };

  private readonly answerTo = routed(this.allRoutes(), refusals);

  private inTeam(id: string, user: string, isIn: boolean): ApiReply {
    const team = this.teams.get(id);
    if (team === undefined) return problem(404, 'unknown_team');
    const others = team.people.filter((one) => one !== user);
    if (!isIn && others.length === team.people.length) return problem(404, 'unknown_member');
    return this.ofUser(user, () => {
      this.teams.put({ ...team, people: isIn ? [...others, user] : others });
      return { status: 204 };
    });
  }

  private ofUser(id: string, answer: (user: User) => ApiReply): ApiReply {
    const user = this.users.get(id);
    return user === undefined ? problem(404, 'unknown_user') : answer(user);
  }
}

const refusals = { unauthorized: problem(401, 'who_are_you'), unknownPath: problem(404, 'no_such_page') };

const ok = (status: number, body: unknown): ApiReply => ({ status, body });

function problem(status: number, code: string): ApiReply {
  return { status, body: { error: { code, message: `invoicing says ${code}` } } };
}

function page(all: readonly unknown[], number: string | null, size = pageSize): ApiReply {
  const at = Number(number ?? '1');
  const from = (at - 1) * size || 0;
  const items = size === Infinity ? all : all.slice(from, from + size);
  return ok(200, { items, next: from + items.length < all.length ? at + 1 : null, total: all.length });
}
