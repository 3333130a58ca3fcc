import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';

export interface Resource {
  [attribute: string]: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body: object | null;
  readonly headers?: Record<string, string>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

const pathShape = /^\/(Users|Groups)(?:\/([^/]+))?$/;
const nobody = { status: 404, body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' } };
const taken = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '409', scimType: 'uniqueness' };

/** Users and groups in memory, as the RFCs have it: names are unique, PATCH in every form, paging by index. */
export class QuirkDirectory {
  readonly users = new Map<string, Resource>();
  readonly groups = new Map<string, Resource>();
  private next = 1;

  answer({ method, path, query, body }: Asked): Reply {
    const [, kind, id] = pathShape.exec(path) ?? [];
    if (path === '/ServiceProviderConfig')
      return { status: 200, body: { patch: { supported: true }, bulk: { supported: false } } };
    if (kind === undefined) return { status: 404, body: null };
    const all = kind === 'Users' ? this.users : this.groups;
    if (id === undefined) return method === 'POST' ? this.create(kind, body) : list(all, query);
    const found = all.get(decodeURIComponent(id));
    if (found === undefined) return nobody;
    return this.one(method, all, found, body);
  }

  /** By its name. */
  user(userName: string): Resource | undefined {
    return [...this.users.values()].find((one) => same(one['userName'], userName));
  }

  add(kind: 'Users' | 'Groups', resource: object): Resource {
    const id = `${kind === 'Users' ? 'u' : 'g'}${this.next++}`;
    const made = { ...resource, id, meta: { created: '2026-01-01T00:00:00.000Z' } };
    (kind === 'Users' ? this.users : this.groups).set(id, made);
    return made;
  }

  private create(kind: string, body: Asked['body']): Reply {
    const name = kind === 'Users' ? 'userName' : 'displayName';
    const all = kind === 'Users' ? this.users : this.groups;
    if ([...all.values()].some((one) => same(one[name], body[name]))) return { status: 409, body: taken };
    return { status: 201, body: this.add(kind as 'Users', structuredClone(body)) };
  }

  private one(method: string, all: Map<string, Resource>, found: Resource, body: Asked['body']): Reply {
    const id = found['id'] as string;
    switch (method) {
      case 'GET':
        return { status: 200, body: found };
      case 'DELETE':
        all.delete(id);
        return { status: 204, body: null };
      case 'PUT': {
        const put = { ...structuredClone(body), id, meta: found['meta'] };
        all.set(id, put);
        return { status: 200, body: put };
      }
      default: {
        for (const operation of body['Operations'] as Resource[]) patch(found, operation);
        return { status: 200, body: found };
      }
    }
  }
}

const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase();

/** What matches, from the position that is asked for. */
function list(all: ReadonlyMap<string, Resource>, query: URLSearchParams): Reply {
  const text = query.get('filter');
  const filter = text === null ? null : parseFilter(text);
  const found = [...all.values()].filter((one) => filter === null || matches(filter, one));
  const from = Number(query.get('startIndex') ?? 1) - 1;
  const Resources = found.slice(from, from + Number(query.get('count') ?? 100));
  return { status: 200, body: { totalResults: found.length, startIndex: from + 1, Resources } };
}

function patch(resource: Resource, { op, path, value }: Resource): void {
  const verb = String(op).toLowerCase();
  if (typeof path === 'string') return change(resource, path, verb, value);
  for (const [name, one] of Object.entries(value as Resource)) change(resource, name, verb, one);
}

const entryShape = /^(\w+)\[(\w+) eq "([^"]*)"\](?:\.(\w+))?$/;

function change(resource: Resource, path: string, op: string, value: unknown): void {
  const entry = entryShape.exec(path);
  if (entry !== null) return changeEntry(resource, entry, op, value);
  const urn = path.startsWith('urn:') ? path.slice(0, path.lastIndexOf(':')) : null;
  const names = (urn === null ? path : path.slice(urn.length + 1)).split('.');
  let at: Resource = resource;
  for (const name of [...(urn === null ? [] : [urn]), ...names.slice(0, -1)]) at = (at[name] ??= {}) as Resource;
  const last = names.at(-1) ?? '';
  const before = at[last];
  if (op === 'remove' && Array.isArray(value) && Array.isArray(before))
    at[last] = before.filter((one: Resource) => !value.some((gone: Resource) => gone['value'] === one['value']));
  else if (op === 'remove') Reflect.deleteProperty(at, last);
  else if (op === 'add' && Array.isArray(value)) at[last] = [...((before ?? []) as unknown[]), ...(value as unknown[])];
  else at[last] = last === 'active' && typeof value === 'string' ? value === 'True' : value;
}

function changeEntry(resource: Resource, entry: RegExpExecArray, op: string, value: unknown): void {
  const [, name = '', by = '', wanted = '', sub] = entry;
  const entries = (resource[name] ?? []) as Resource[];
  const isMeant = (one: Resource): boolean => one[by] === wanted;
  if (op === 'remove' && sub === undefined) resource[name] = entries.filter((one) => !isMeant(one));
  for (const one of entries.filter(isMeant)) {
    if (op === 'remove' && sub !== undefined) Reflect.deleteProperty(one, sub);
    else if (sub !== undefined) one[sub] = value;
  }
}
