import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import type { Filter } from '#libs/scim/filter/filter.js';

export interface StubUser {
  id: string;
  userName?: string;
  externalId?: string;
  active?: boolean;
  meta: { resourceType: 'User'; created: string };
  [attribute: string]: unknown;
}

export interface StubGroup {
  id: string;
  displayName: string;
  members: { value: string }[];
}

interface Answer {
  readonly status: number;
  readonly body: object | null;
}

interface Operation {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

/** Below the base path, or without one for those who ask the directory alone. */
const path = /^(?:\/scim\/v2)?\/(Users|Groups|ServiceProviderConfig)(?:\/([^/]+))?$/;

function notThere(what: string): Answer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return { status: 404, body: { schemas, status: '404', detail: `no ${what}` } };
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Users and groups in memory, indexed by what is asked for. Nothing is unique. */
export class StubDirectory {
  private readonly users = new Map<string, StubUser>();
  private readonly groups = new Map<string, StubGroup>();
  private readonly byUserName = new Map<string, StubUser[]>();
  private readonly byExternalId = new Map<string, StubUser[]>();
  private next = 1;
  private filters = true;
  /** DELETE of an account only deactivates it, and is answered as if it were gone. */
  deleteDeactivates = false;
  /** Accounts made from now on are not found by searches, and no group knows them, until this is false again. */
  lags = false;
  /** Ids are digits alone, as those of applications that count. */
  numericIds = false;
  /** How a group refuses a member that it does not know. */
  unknownMemberStatus: 400 | 404 = 404;
  /** What is sent as externalId is not kept. */
  dropsExternalId = false;
  private readonly unseen = new Set<string>();
  /** Told of every account made. */
  onCreated: (user: StubUser) => void = () => undefined;

  get userCount(): number {
    return this.users.size;
  }

  dump(): { users: StubUser[]; groups: StubGroup[] } {
    return { users: [...this.users.values()], groups: [...this.groups.values()] };
  }

  /** From now on every list has everybody, as with applications that do not know the attribute asked for. */
  ignoreFilters(): void {
    this.filters = false;
  }

  reset(): void {
    for (const map of [this.users, this.groups, this.byUserName, this.byExternalId]) map.clear();
  }

  /** An account made by somebody else. */
  addUser(resource: object): StubUser {
    const id = `${this.numericIds ? '' : 'u'}${this.next++}`;
    const user: StubUser = { ...resource, id, meta: { resourceType: 'User', created: new Date().toISOString() } };
    if (this.dropsExternalId) delete user.externalId;
    if (this.lags) this.unseen.add(id);
    this.users.set(id, user);
    this.index(user);
    this.onCreated(user);
    return user;
  }

  /** An account that was there before, under the id that it had. */
  restore(user: StubUser): void {
    this.users.set(user.id, user);
    this.index(user);
  }

  answer(method: string, url: string, body: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://stub');
    const [, kind = '', id] = path.exec(pathname) ?? [];
    if (kind === 'ServiceProviderConfig') return { status: 200, body: { patch: { supported: true } } };
    if (kind === '') return notThere(pathname);
    if (id === undefined)
      return method === 'POST' ? this.create(kind, JSON.parse(body) as object) : this.list(kind, searchParams);
    return this.one(method, kind, decodeURIComponent(id), body);
  }

  private create(kind: string, resource: object): Answer {
    if (kind === 'Users') return { status: 201, body: this.addUser(resource) };
    const { displayName } = resource as { displayName: string };
    const group: StubGroup = { id: `g${this.next++}`, displayName, members: [] };
    this.groups.set(group.id, group);
    return { status: 201, body: group };
  }

  private list(kind: string, query: URLSearchParams): Answer {
    const text = query.get('filter');
    const all = kind === 'Users' ? this.users : this.groups;
    const filter = text === null || !this.filters ? null : parseFilter(text);
    if (!this.lags) this.unseen.clear();
    const matching =
      filter === null
        ? [...all.values()]
        : (this.indexed(kind, filter) ?? [...all.values()].filter((one) => matches(filter, one)));
    const found = matching.filter(({ id }) => !this.unseen.has(id));
    const from = Math.max(Number(query.get('startIndex') ?? 1), 1) - 1;
    const resources = found.slice(from, from + Number(query.get('count') ?? 100));
    return {
      status: 200,
      body: { totalResults: found.length, startIndex: from + 1, itemsPerPage: resources.length, Resources: resources },
    };
  }

  /** `userName eq`, `externalId eq`, and any number of them joined by `or`; null for another filter. */
  private indexed(kind: string, filter: Filter): StubUser[] | null {
    if (kind !== 'Users') return null;
    if (filter.kind === 'or') {
      const parts = filter.terms.map((term) => this.indexed(kind, term));
      return parts.includes(null) ? null : [...new Set(parts.flatMap((part) => part ?? []))];
    }
    if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return null;
    if (filter.attribute.text === 'userName') return this.byUserName.get(filter.value.toLowerCase()) ?? [];
    if (filter.attribute.text === 'externalId') return this.byExternalId.get(filter.value) ?? [];
    return null;
  }

  private one(method: string, kind: string, id: string, body: string): Answer {
    const found = kind === 'Users' ? this.users.get(id) : this.groups.get(id);
    if (found === undefined) return notThere(id);
    if (method === 'GET') return { status: 200, body: found };
    if (method === 'DELETE' && kind === 'Users' && this.deleteDeactivates) {
      (found as StubUser).active = false;
      return { status: 204, body: null };
    }
    if (method === 'DELETE') {
      (kind === 'Users' ? this.users : this.groups).delete(id);
      if (kind === 'Users') this.unindex(found as StubUser);
      return { status: 204, body: null };
    }
    const { Operations } = JSON.parse(body) as { Operations: Operation[] };
    const unknown = kind === 'Groups' && this.lags && Operations.some((one) => this.namesUnseen(one));
    if (unknown) return { status: this.unknownMemberStatus, body: { schemas: [], detail: 'no such member' } };
    if (kind === 'Users') this.unindex(found as StubUser);
    for (const operation of Operations) {
      if (kind === 'Users') patchUser(found as StubUser, operation);
      else patchGroup(found as StubGroup, operation);
    }
    if (kind === 'Users') this.index(found as StubUser);
    return { status: 204, body: null };
  }

  private namesUnseen({ op, value }: Operation): boolean {
    return (
      op === 'add' && Array.isArray(value) && value.some(({ value: id }: { value: string }) => this.unseen.has(id))
    );
  }

  private index(user: StubUser): void {
    push(this.byUserName, user.userName?.toLowerCase(), user);
    push(this.byExternalId, user.externalId, user);
  }

  private unindex(user: StubUser): void {
    for (const [map, key] of [
      [this.byUserName, user.userName?.toLowerCase()],
      [this.byExternalId, user.externalId],
    ] as const) {
      if (key !== undefined)
        map.set(
          key,
          (map.get(key) ?? []).filter((one) => one !== user),
        );
    }
  }
}

function push(map: Map<string, StubUser[]>, key: string | undefined, user: StubUser): void {
  if (key === undefined) return;
  const list = map.get(key);
  if (list === undefined) map.set(key, [user]);
  else list.push(user);
}

/** `phoneNumbers[type eq "work"].value`, or the entry itself without what follows the bracket. */
const entryPath = /^(\w+)\[(\w+) eq "(.*)"\](?:\.(\w+))?$/;

function patchEntry(user: StubUser, { op, path = '', value }: Operation): void {
  const [, name = '', by = '', selected = '', sub] = entryPath.exec(path) ?? [];
  const list = (user[name] ?? []) as Record<string, unknown>[];
  for (const one of list.filter((each) => each[by] === selected)) {
    if (op === 'remove' && sub === undefined) user[name] = list.filter((each) => each !== one);
    else if (op === 'remove') Reflect.deleteProperty(one, sub ?? '');
    else one[sub ?? ''] = value;
  }
}

function patchUser(user: StubUser, operation: Operation): void {
  const { op, path = '', value } = operation;
  if (entryPath.test(path)) return patchEntry(user, operation);
  const urn = path.startsWith(`${enterprise}:`) ? enterprise : null;
  const names = (urn === null ? path : path.slice(enterprise.length + 1)).split('.');
  let at: Record<string, unknown> = user;
  for (const name of [...(urn === null ? [] : [urn]), ...names.slice(0, -1)])
    at = (at[name] ??= {}) as Record<string, unknown>;
  const last = names.at(-1) ?? '';
  const before = at[last];
  if (op === 'remove') Reflect.deleteProperty(at, last);
  else at[last] = op === 'add' && Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
}

function patchGroup(group: StubGroup, { op, path = '', value }: Operation): void {
  if (op === 'add') return void group.members.push(...(value as { value: string }[]));
  const member = /^members\[value eq "(.*)"\]$/.exec(path)?.[1];
  group.members = member === undefined ? [] : group.members.filter((one) => one.value !== member);
}
