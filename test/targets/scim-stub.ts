import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong, each on every nth write (POST, PATCH, DELETE); 0 never. */
export interface StubFaults {
  /** The effect happens, the connection breaks before the answer. */
  readonly loseAnswerEvery: number;
  /** The effect happens, half of the answer's body arrives. */
  readonly truncateEvery: number;
  /** Refused with 429, without effect; `retryAfter` is the header's form. */
  readonly throttleEvery: number;
  readonly retryAfter: 'seconds' | 'date' | 'absent';
  /** Refused with 503, without effect. */
  readonly failEvery: number;
  /** Every call waits so long before its effect. */
  readonly delayMs: number;
}

export interface StubUser {
  readonly id: string;
  userName?: string;
  externalId?: string;
  active?: boolean;
  [attribute: string]: unknown;
}
export interface StubGroup {
  readonly id: string;
  displayName: string;
  readonly members: string[];
}
export interface StubDump {
  readonly users: readonly StubUser[];
  readonly groups: readonly StubGroup[];
  /** Calls received by method and first path segment, for example `POST Users`. */
  readonly calls: Readonly<Record<string, number>>;
}

const noFaults: StubFaults = { loseAnswerEvery: 0, truncateEvery: 0, throttleEvery: 0, retryAfter: 'seconds', failEvery: 0, delayMs: 0 };

interface Patch {
  readonly Operations?: readonly { readonly op: string; readonly path?: string; readonly value?: unknown }[];
}
type Answer = readonly [status: number, body: object | null];

/**
 * A SCIM target without any uniqueness of its own: who creates twice gets two accounts, and the oracle sees it. Faults and
 * state are reached under /_control. Fast enough not to be what a bench measures.
 */
export class ScimStub {
  private readonly users = new Map<string, StubUser>();
  private readonly groups = new Map<string, StubGroup>();
  /** Lower-case `attribute\nvalue` to user ids. */
  private readonly index = new Map<string, string[]>();
  private calls: Record<string, number> = {};
  private faults = noFaults;
  private writes = 0;
  private readonly server: Server;

  constructor(private readonly token: string) {
    this.server = createServer((request, response) => void this.serve(request, response));
    this.server.keepAliveTimeout = 60_000;
  }

  /** @returns the base URL of its SCIM API */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((done) => this.server.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/scim/v2`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  set(faults: Partial<StubFaults>): void {
    this.faults = { ...noFaults, ...faults };
    this.writes = 0;
  }

  reset(): void {
    this.users.clear();
    this.groups.clear();
    this.index.clear();
    this.calls = {};
  }

  dump(): StubDump {
    return { users: [...this.users.values()], groups: [...this.groups.values()], calls: this.calls };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = request.url ?? '/';
    const text = Buffer.concat(chunks).toString();
    if (url.startsWith('/_control')) return this.control(request.method ?? '', url, text, response);
    if (request.headers.authorization !== `Bearer ${this.token}`) return send(response, [401, { detail: 'bad token' }]);
    const method = request.method ?? '';
    const name = `${method} ${url.split('/')[3]?.split('?')[0] ?? ''}`;
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    if (this.faults.delayMs > 0) await new Promise((done) => setTimeout(done, this.faults.delayMs));
    if (method === 'GET') return send(response, this.read(url));
    this.writes += 1;
    const every = (n: number): boolean => n > 0 && this.writes % n === 0;
    if (every(this.faults.throttleEvery)) {
      const after = { seconds: '1', date: new Date(Date.now() + 1000).toUTCString(), absent: undefined }[this.faults.retryAfter];
      if (after !== undefined) response.setHeader('retry-after', after);
      return send(response, [429, { status: '429', detail: 'slow down' }]);
    }
    if (every(this.faults.failEvery)) return send(response, [503, { status: '503', detail: 'out of order' }]);
    const answer = this.write(method, url, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
    if (every(this.faults.loseAnswerEvery)) return void request.socket.destroy();
    if (every(this.faults.truncateEvery)) {
      const body = JSON.stringify(answer[1] ?? {});
      response.writeHead(answer[0], { 'content-type': 'application/scim+json' });
      return void response.end(body.slice(0, Math.floor(body.length / 2)));
    }
    return send(response, answer);
  }

  private control(method: string, url: string, text: string, response: ServerResponse): void {
    if (method === 'POST' && url === '/_control/faults') this.set(JSON.parse(text) as Partial<StubFaults>);
    if (method === 'POST' && url === '/_control/reset') this.reset();
    return send(response, [200, this.dump()]);
  }

  private read(url: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://stub');
    const [, , , type = '', id] = pathname.split('/');
    if (type === 'Users' || type === 'Groups') {
      if (id !== undefined) {
        const found = type === 'Users' ? this.users.get(id) : this.groups.get(id);
        return found === undefined ? notFound : [200, shown(found)];
      }
      const [, attribute = '', value = ''] = /^(\w+) eq "((?:[^"\\]|\\.)*)"$/.exec(searchParams.get('filter') ?? '') ?? [];
      const all = type === 'Users' ? this.findUsers(attribute, value) : [...this.groups.values()].filter((g) => attribute === '' || g.displayName === unquoted(value));
      const start = Number(searchParams.get('startIndex') ?? '1');
      const page = all.slice(start - 1, start - 1 + Number(searchParams.get('count') ?? '100'));
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse'];
      return [200, { schemas, totalResults: all.length, startIndex: start, itemsPerPage: page.length, Resources: page.map(shown) }];
    }
    if (type === 'ServiceProviderConfig') return [200, { patch: { supported: true }, bulk: { supported: false }, filter: { supported: true, maxResults: 200 } }];
    return notFound;
  }

  private findUsers(attribute: string, value: string): StubUser[] {
    if (attribute === '') return [...this.users.values()];
    return (this.index.get(`${attribute}\n${unquoted(value).toLowerCase()}`) ?? []).flatMap((id) => this.users.get(id) ?? []);
  }

  private write(method: string, url: string, body: Record<string, unknown>): Answer {
    const [, , , type = '', id] = url.split('/');
    if (method === 'POST' && type === 'Users') return [201, shown(this.addUser(body))];
    if (method === 'POST' && type === 'Groups') {
      const group = { id: randomUUID(), displayName: String(body['displayName']), members: [] };
      this.groups.set(group.id, group);
      return [201, shown(group)];
    }
    if (id === undefined) return notFound;
    if (method === 'DELETE') return (type === 'Users' ? this.users.delete(id) : this.groups.delete(id)) ? [204, null] : notFound;
    const user = this.users.get(id);
    const group = this.groups.get(id);
    if (method === 'PATCH' && type === 'Users' && user !== undefined) return patchUser(user, body as Patch);
    if (method === 'PATCH' && type === 'Groups' && group !== undefined) return patchGroup(group, body as Patch);
    return notFound;
  }

  private addUser(body: Record<string, unknown>): StubUser {
    const user: StubUser = { ...body, id: randomUUID() };
    this.users.set(user.id, user);
    for (const attribute of ['userName', 'externalId', 'id']) {
      const key = `${attribute}\n${String(user[attribute] ?? '').toLowerCase()}`;
      const ids = this.index.get(key);
      if (ids === undefined) this.index.set(key, [user.id]);
      else ids.push(user.id);
    }
    return user;
  }
}

const notFound: Answer = [404, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' }];
const unquoted = (value: string): string => value.replace(/\\(.)/g, '$1');

function shown(resource: StubUser | StubGroup): object {
  return 'members' in resource && Array.isArray(resource.members)
    ? { ...resource, members: (resource.members as string[]).map((value) => ({ value })) }
    : resource;
}

function patchUser(user: StubUser, { Operations = [] }: Patch): Answer {
  for (const { op, path, value } of Operations) {
    const changes = path === undefined ? (value as Record<string, unknown>) : { [path]: value };
    for (const [name, change] of Object.entries(changes)) {
      if (op.toLowerCase() === 'remove') delete user[name];
      else setPath(user, name, change);
    }
  }
  return [200, shown(user)];
}

/** `name.givenName` reaches into a complex attribute; anything else is set as named. */
function setPath(user: StubUser, path: string, value: unknown): void {
  const [head = '', ...rest] = path.includes('[') || path.startsWith('urn:') ? [path] : path.split('.');
  if (rest.length === 0) user[head] = value;
  else user[head] = { ...(user[head] as object | undefined), [rest.join('.')]: value };
}

function patchGroup(group: StubGroup, { Operations = [] }: Patch): Answer {
  for (const { op, path = '', value } of Operations) {
    if (op.toLowerCase() === 'add') {
      for (const { value: id } of value as { value: string }[]) if (!group.members.includes(id)) group.members.push(id);
      continue;
    }
    const [, id] = /^members\[value eq "([^"]+)"\]$/.exec(path) ?? [];
    if (op.toLowerCase() !== 'remove' || id === undefined) return [400, { status: '400', detail: `not understood: ${op} ${path}` }];
    const at = group.members.indexOf(id);
    if (at !== -1) group.members.splice(at, 1);
  }
  return [200, shown(group)];
}

function send(response: ServerResponse, [status, body]: Answer): void {
  if (body === null) {
    response.writeHead(status).end();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) }).end(text);
}
