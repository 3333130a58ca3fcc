import { call, type Answer, type CallOptions } from './hub.js';
import { freePort, answering, startProgram, type Child } from './processes.js';

export interface ScimUser {
  readonly id: string;
  readonly userName: string;
  readonly displayName?: string;
  readonly externalId?: string;
  readonly active?: boolean;
}
interface ScimGroup {
  readonly displayName: string;
  readonly members?: readonly { readonly value: string }[];
}

/** A SCIM server by other people, read back over its own API. */
export interface Application {
  readonly baseUrl: string;
  readonly token: string;
  users(): Promise<readonly ScimUser[]>;
  user(userName: string): Promise<ScimUser | undefined>;
  /** userNames of a group's members, sorted; empty for a group that does not exist. */
  members(group: string): Promise<readonly string[]>;
  /** A call as another client of the application makes it. */
  call(method: string, path: string, body?: object): Promise<Answer>;
  readonly child: Child;
}

const scimCall = (token: string, body: object | undefined): CallOptions => ({
  token,
  ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/scim+json' } }),
});

/** The application the demo provisions (scimmy). */
export async function startApplication(): Promise<Application> {
  const port = await freePort();
  const token = 'demo-application-token';
  const child = startProgram('test/targets/scimmy-server.main.js', ['--port', String(port), '--token', token]);
  const baseUrl = `http://127.0.0.1:${port}/scim/v2`;
  await answering(`http://127.0.0.1:${port}/health`, child);
  return applicationAt(baseUrl, token, child);
}

/** A running SCIM server as the tests' application. */
export function applicationAt(baseUrl: string, token: string, child: Child): Application {
  const list = async <T>(path: string): Promise<readonly T[]> => {
    const { body } = await call<{ Resources?: T[] }>(baseUrl, 'GET', path, { token });
    return body.Resources ?? [];
  };
  const users = (): Promise<readonly ScimUser[]> => list<ScimUser>('/Users?count=1000');
  return {
    baseUrl,
    token,
    child,
    call: (method, path, body) => call(baseUrl, method, path, scimCall(token, body)),
    users,
    user: async (userName) => (await users()).find((u) => u.userName === userName),
    members: async (group) => {
      const [found] = (await list<ScimGroup>('/Groups?count=1000')).filter((g) => g.displayName === group);
      const byId = new Map((await users()).map((u) => [u.id, u.userName]));
      return (found?.members ?? []).map(({ value }) => byId.get(value) ?? value).sort();
    },
  };
}
