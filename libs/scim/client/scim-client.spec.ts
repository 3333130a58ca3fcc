import { createServer, type RequestListener, type Server } from 'node:http';
import { startScimmyServer } from '../../../test/targets/scimmy-server.js';
import { startScimStub, type ScimStub } from '../../../test/targets/scim-stub.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import type { ApplicationAuth } from '#libs/outgoing/credentials.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { ScimClient } from './scim-client.js';

const token = 'stub-token';
const guard = new AddressGuard([], true);
const clients: ScimClient[] = [];
const clientFor = (baseUrl: string, auth: ApplicationAuth = { type: 'bearer', token: () => token }): ScimClient => {
  const client = new ScimClient({ baseUrl, auth, guard, connections: 4, nowMs: () => Date.now() });
  clients.push(client);
  return client;
};
/** What a call ended with. */
const failure = (call: Promise<unknown>): Promise<CallFailure['terms']> =>
  call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => {
      if (error instanceof CallFailure) return error.terms;
      throw error;
    },
  );

/** A server that answers as told, and the address of it. */
async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, server };
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
});

describe('against an application', () => {
  let stub: ScimStub;
  let client: ScimClient;
  beforeEach(async () => {
    stub = await startScimStub({ token });
    client = clientFor(stub.baseUrl);
  });
  afterEach(() => stub.stop());

  it('creates, finds, changes and deletes an account', async () => {
    const { id } = await client.createUser({ userName: 'ada', externalId: 'x"y\\z', active: true });
    expect((await client.findUsers('externalId', 'x"y\\z')).map((user) => user.id)).toEqual([id]);
    expect(await client.findUsers('userName', 'nobody')).toEqual([]);
    await client.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
    expect((await client.getUser(id)).active).toBe(false);
    await client.deleteUser(id);
    expect(await client.deleteUser(id)).toBe(404);
    expect(await failure(client.getUser(id))).toMatchObject({ class: 'gone', status: 404 });
  });

  it('changes a group by named members only', async () => {
    const group = await client.createGroup('Staff');
    await client.addMembers(group.id, ['a', 'b', 'c"]']);
    await client.removeMembers(group.id, ['b']);
    expect(await client.groupMembers(group.id)).toEqual({ ids: new Set(['a', 'c"]']), whole: true });
    expect((await client.findGroups('Staff')).map(({ id }) => id)).toEqual([group.id]);
  });

  it('invalid credentials are refused, and nothing is written', async () => {
    const stranger = clientFor(stub.baseUrl, { type: 'bearer', token: () => 'wrong' });
    expect(await failure(stranger.createUser({ userName: 'ada' }))).toMatchObject({
      class: 'auth',
      effectUnknown: false,
    });
    expect(stub.dump().users).toEqual([]);
  });

  it('a lost answer leaves the effect unknown', async () => {
    stub.faults = { losePostEvery: 1 };
    expect(await failure(client.createUser({ userName: 'ada' }))).toMatchObject({
      class: 'transient',
      code: 'reset',
      effectUnknown: true,
    });
    expect(stub.dump().users).toHaveLength(1);
  });

  it('a 201 that breaks off leaves the effect unknown', async () => {
    stub.faults = { truncateEvery: 1 };
    expect(await failure(client.createUser({ userName: 'ada' }))).toMatchObject({
      code: 'unreadable-answer',
      status: 201,
      effectUnknown: true,
    });
  });

  it.each([[false], [true]])('429 says for how long (as a date: %s)', async (retryAfterAsDate) => {
    stub.faults = { refuseEvery: 1, refuseWith: 429, retryAfterSeconds: 20, retryAfterAsDate };
    const terms = await failure(client.createUser({ userName: 'ada' }));
    expect(terms).toMatchObject({ class: 'throttled', effectUnknown: false });
    expect(terms.retryAfterMs).toBeGreaterThan(17_000);
  });

  it('gives up in time, not knowing the effect', async () => {
    stub.faults = { delayMs: 2_000 };
    expect(await failure(client.createUser({ userName: 'ada' }, { withinMs: 100 }))).toMatchObject({
      code: 'timeout',
      effectUnknown: true,
    });
    expect(await failure(client.getUser('u1', { withinMs: 100 }))).toMatchObject({
      code: 'timeout',
      effectUnknown: false,
    });
  });
});

describe('against a server that misbehaves', () => {
  const servers: Server[] = [];
  const at = async (listener: RequestListener): Promise<string> => {
    const { url, server } = await serve(listener);
    servers.push(server);
    return url;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('never follows a redirect', async () => {
    const reached: string[] = [];
    const other = await at((request, response) => {
      reached.push(request.url ?? '');
      response.end();
    });
    const url = await at((_, response) => void response.writeHead(307, { location: `${other}/Users` }).end());
    expect(await failure(clientFor(url).createUser({ userName: 'ada' }))).toMatchObject({
      code: 'redirected',
      status: 307,
    });
    expect(reached).toEqual([]);
  });

  it.each([
    ['a login page', 200, 'text/html', '<html>sign in</html>'],
    ['nothing', 201, 'application/json', ''],
    ['no id', 201, 'application/scim+json', '{"userName":"ada"}'],
  ])('does not take %s for an account', async (_, status, type, body) => {
    const url = await at((__, response) => void response.writeHead(status, { 'content-type': type }).end(body));
    expect(await failure(clientFor(url).createUser({ userName: 'ada' }))).toMatchObject({
      code: 'unreadable-answer',
      effectUnknown: true,
    });
  });

  const showing = async (body: object): Promise<ScimClient> => {
    const type = { 'content-type': 'application/scim+json' };
    return clientFor(await at((__, response) => void response.writeHead(200, type).end(JSON.stringify(body))));
  };

  it('takes no other object for the one it asked for', async () => {
    const client = await showing({ id: 'x9', active: false, members: [] });
    const calls = [client.getUser('u1'), client.getGroup('u1'), client.groupMembers('u1')];
    expect((await Promise.all(calls.map(failure))).map(({ code }) => code)).toEqual(
      calls.map(() => 'look-up-unreliable'),
    );
    expect((await client.getUser('X9')).active).toBe(false);
  });

  it.each([
    [{ value: 'a' }, ['a'], true],
    [['a', 7, { VALUE: 'b' }], ['a', '7', 'b'], true],
    [[{ value: 'a' }, { $ref: '/Users/b' }], ['a'], false],
    [[null, { value: null }, { value: '' }], [], false],
    [3, [], false],
    [{ u1: true }, [], false],
    ['', [], false],
    [null, [], true],
  ])('reads members %j as far as they have ids', async (members, ids, whole) => {
    const client = await showing({ id: 'g1', members });
    expect(await client.groupMembers('g1')).toEqual({ ids: new Set(ids), whole });
  });

  it('never cuts through a character of what it cannot read', async () => {
    const text = 'x'.repeat(199) + '\u{1f600}';
    const url = await at((__, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(text));
    expect(await failure(clientFor(url).createUser({ userName: 'ada' }))).toMatchObject({ detail: 'x'.repeat(199) });
  });

  it('does not take the 404 of a wrong address for "nobody found"', async () => {
    const url = await at(
      (_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('not here'),
    );
    expect(await failure(clientFor(url).findUsers('userName', 'ada'))).toMatchObject({
      class: 'transient',
      code: 'wrong-address',
    });
  });

  it('takes a SCIM 404 for "nobody found" only where there is a list', async () => {
    const gone = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' });
    const list = JSON.stringify({ totalResults: 7, Resources: [{ id: 'u1' }] });
    const answering = (isThere: (path: string) => boolean): Promise<string> =>
      at(({ url = '' }, response) => {
        const there = !url.includes('filter=') && isThere(url);
        response.writeHead(there ? 200 : 404, { 'content-type': 'application/scim+json' }).end(there ? list : gone);
      });
    const quirky = await answering((path) => path.startsWith('/Users'));
    expect(await clientFor(quirky).findUsers('userName', 'ada')).toEqual([]);
    const wrong = `${await answering(() => false)}/Users`;
    expect(await failure(clientFor(wrong).findUsers('userName', 'ada'))).toMatchObject({ code: 'wrong-address' });
  });

  it.each([
    ['an empty object', {}],
    ['one resource', { id: 'Users', userName: 'x' }],
    ['a status page', { status: 'ok', total: 0 }],
  ])('does not take %s for an empty list', async (_, body) => {
    const url = await at(
      (__, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    expect(await failure(clientFor(url).findUsers('userName', 'ada'))).toMatchObject({ code: 'not-a-list' });
  });

  it('believes no absence of a list that is not whole', async () => {
    const body = JSON.stringify({ totalResults: 5000, Resources: [{ id: 'u1', userName: 'bob' }] });
    const url = await at(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    expect(await failure(clientFor(url).findUsers('userName', 'ada'))).toMatchObject({ code: 'look-up-unreliable' });
  });

  it.each([
    ['a number, as some applications count', { id: 17, userName: 'ada' }, ['17']],
    ['none, which proves nothing', { userName: 'ada' }, 'look-up-unreliable'],
  ])('never overlooks an account whose id is %s', async (_, user, expected) => {
    const body = JSON.stringify({ totalResults: 1, Resources: [user] });
    const url = await at(
      (__, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    const found = clientFor(url).findUsers('userName', 'ada');
    const seen = typeof expected === 'string' ? (await failure(found)).code : (await found).map(({ id }) => id);
    expect(seen).toEqual(expected);
  });

  const json = (body: string | Buffer, status = 200) =>
    at((_, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  const listOf = (user: string): Promise<string> => json(`{"totalResults":1,"Resources":[${user}]}`);

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['1.0', '1.0'],
    ['17', '17'],
    ['-5', '-5'],
    ['"\\u0041 \\"b\\u0001"', 'A "b\u0001'],
    ['"é"', 'é'],
    ['"e\u0301"', 'e\u0301'],
    ['" x "', ' x '],
  ])('keeps an id as it was sent: %s', async (sent, id) => {
    const user = `{"id":${sent},"userName":"ada","note":"\\u0000"}`;
    expect(await clientFor(await listOf(user)).findUsers('userName', 'ada')).toMatchObject([{ id, note: '\ufffd' }]);
    expect((await clientFor(await json(user, 201)).createUser({ userName: 'ada' })).id).toBe(id);
  });

  it.each([
    ['U+0000', '"a\\u0000b"'],
    ['half a surrogate pair', '"a\\ud83d"'],
    ['dots, which lead elsewhere', '".."'],
    ['a list', '["a"]'],
    ['a secret', `"x-${token}"`],
  ])('does not take %s for an id', async (_, sent) => {
    const user = `{"id":${sent},"userName":"ada"}`;
    const found = clientFor(await listOf(user)).findUsers('userName', 'ada');
    expect(await failure(found)).toMatchObject({ code: 'look-up-unreliable' });
    const made = clientFor(await json(user, 201)).createUser({ userName: 'ada' });
    expect(await failure(made)).toMatchObject({ code: 'unreadable-answer', effectUnknown: true });
  });

  it('does not take bytes that are no text for an id, and reads a name of such bytes', async () => {
    const bad = Buffer.from([0xe9]);
    const id = Buffer.concat([Buffer.from('{"id":"'), bad, Buffer.from('","userName":"ada"}')]);
    const name = Buffer.concat([Buffer.from('{"id":"u1","userName":"'), bad, Buffer.from('"}')]);
    expect(await failure(clientFor(await json(id)).getUser('u1'))).toMatchObject({ code: 'unreadable-answer' });
    expect(await clientFor(await json(name)).getUser('u1')).toMatchObject({ id: 'u1', userName: '\ufffd' });
  });

  it('reads names that are none as not there, and masks an echoed secret in every text', async () => {
    const user = {
      id: 'u1',
      userName: null,
      externalId: 5,
      displayName: ['x'],
      meta: 'new',
      note: { [token]: `is ${token}` },
    };
    expect(await clientFor(await json(JSON.stringify(user))).getUser('u1')).toEqual({
      id: 'u1',
      externalId: '5',
      note: { '***': 'is ***' },
    });
  });

  it('reads every page of a list, and refuses one that shows the same page again', async () => {
    const users = Array.from({ length: 150 }, (_, n) => ({ id: `u${n}`, userName: 'ada' }));
    const serving = (ignoring: boolean): Promise<string> =>
      at(({ url = '' }, response) => {
        const { searchParams } = new URL(url, 'http://x');
        const from = ignoring ? 0 : Number(searchParams.get('startIndex')) - 1;
        const Resources = users.slice(from, from + Number(searchParams.get('count')));
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ totalResults: 150, Resources }));
      });
    expect(await clientFor(await serving(false)).findUsers('userName', 'ada')).toHaveLength(150);
    const again = clientFor(await serving(true)).findUsers('userName', 'ada');
    expect(await failure(again)).toMatchObject({ code: 'look-up-unreliable' });
  });

  it('reads 8 MB of an answer at most; a change that was answered with more was made', async () => {
    const url = await json(`{"id":"u1","userName":"ada","note":"${'x'.repeat(9 * 1024 * 1024)}"}`);
    const client = clientFor(url);
    expect(await failure(client.getUser('u1'))).toMatchObject({ code: 'answer-too-large', effectUnknown: false });
    expect(await failure(client.createUser({}))).toMatchObject({ code: 'answer-too-large', effectUnknown: true });
    expect(await client.patchUser('u1', [])).toEqual({ status: 200, shown: null });
    expect(await client.groupMembers('g1')).toEqual({ ids: new Set(), whole: false });
  });

  it('reads the beginning of a refusal, however long it is', async () => {
    const client = clientFor(await json(Buffer.alloc(9 * 1024 * 1024, 0xff), 400));
    const terms = await failure(client.createUser({}));
    expect(terms).toMatchObject({ class: 'validation', status: 400, effectUnknown: false });
    expect(terms.detail).toBe('\ufffd'.repeat(500));
  });

  it('knows that nothing left when nobody listens', async () => {
    const { url, server } = await serve(() => undefined);
    await new Promise((done) => server.close(done));
    expect(await failure(clientFor(url).createUser({ userName: 'ada' }))).toMatchObject({
      code: 'unreachable',
      effectUnknown: false,
    });
  });

  it('fetches one OAuth token for all who wait, and a fresh one after a 401', async () => {
    let issued = 0;
    const url = await at((request, response) => {
      const json = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/token') return json(200, { access_token: `t${(issued += 1)}`, expires_in: 3600 });
      json(request.headers.authorization === 'Bearer t1' ? 401 : 200, { Resources: [], totalResults: 0 });
    });
    const auth = {
      type: 'oauth2-client-credentials',
      tokenUrl: `${url}/token`,
      clientId: 'hub',
      clientSecret: () => 's3cret',
    } as const;
    const client = clientFor(`${url}/scim`, auth);
    await client.findUsers('userName', 'ada');
    expect(issued).toBe(2);
    await Promise.all([client.findUsers('userName', 'ada'), client.findUsers('userName', 'bob')]);
    expect(issued).toBe(2);
  });

  it('fetches one OAuth token when many find it expired or refused', async () => {
    let issued = 0;
    let nowMs = 0;
    const url = await at((request, response) => {
      const json = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/token') return json(200, { access_token: `t${(issued += 1)}`, expires_in: 3600 });
      json(request.headers.authorization === 'Bearer t3' ? 401 : 200, { Resources: [], totalResults: 0 });
    });
    const type = 'oauth2-client-credentials';
    const auth = { type, tokenUrl: `${url}/token`, clientId: 'hub', clientSecret: () => 's3cret' } as const;
    const client = new ScimClient({ baseUrl: url, auth, guard, connections: 4, nowMs: () => nowMs });
    clients.push(client);
    const batch = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 12 }, (_, n) => client.findUsers('userName', `p${n}`)));
    await batch();
    expect(issued).toBe(1);
    nowMs = 3_600_000;
    await batch();
    expect(issued).toBe(2);
    nowMs = 7_200_000;
    await batch();
    expect(issued).toBe(4);
  });

  it('proves itself by name and password, or by a key', async () => {
    const seen: unknown[] = [];
    const url = await at((request, response) => {
      seen.push(request.headers.authorization ?? request.headers['x-api-key']);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"Resources":[],"totalResults":0}');
    });
    await clientFor(url, { type: 'basic', username: 'hub', password: () => 'p:w' }).findUsers('userName', 'a');
    await clientFor(url, { type: 'api-key', header: 'X-Api-Key', key: () => 'k1' }).findUsers('userName', 'a');
    expect(seen).toEqual([`Basic ${Buffer.from('hub:p:w').toString('base64')}`, 'k1']);
  });

  it('sends no packet to an address that is not allowed', async () => {
    let reached = 0;
    const url = await at((_, response) => {
      reached += 1;
      response.end();
    });
    const closed = new AddressGuard([], false);
    const options = {
      auth: { type: 'bearer', token: () => token } as const,
      guard: closed,
      connections: 1,
      nowMs: () => 0,
    };
    expect(() => new ScimClient({ ...options, baseUrl: url })).toThrow('not an address');
    const byName = new ScimClient({ ...options, baseUrl: url.replace('127.0.0.1', 'localhost') });
    clients.push(byName);
    expect(await failure(byName.findUsers('userName', 'ada'))).toMatchObject({
      code: 'address-refused',
      effectUnknown: false,
    });
    expect(reached).toBe(0);
  });
});

it('speaks with a server written by other people', async () => {
  const server = await startScimmyServer({ port: 0, token });
  try {
    const client = clientFor(`http://127.0.0.1:${server.port}/scim/v2`);
    const resource = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'ada@corp.example',
      externalId: 'e-1',
      active: true,
    };
    const made = await client.createUser(resource);
    expect((await client.findUsers('externalId', 'e-1')).map(({ id }) => id)).toEqual([made.id]);
    expect(await client.findUsers('userName', 'nobody')).toEqual([]);
    expect(await failure(client.createUser({ ...resource, externalId: 'e-2' }))).toMatchObject({
      class: 'conflict',
      status: 409,
    });
    const group = await client.createGroup('Staff');
    await client.addMembers(group.id, [made.id]);
    expect(await client.groupMembers(group.id)).toEqual({ ids: new Set([made.id]), whole: true });
    await client.removeMembers(group.id, [made.id]);
    expect(await client.groupMembers(group.id)).toEqual({ ids: new Set(), whole: true });
    await client.patchUser(made.id, [
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', path: 'name.familyName', value: 'Lovelace' },
    ]);
    expect(await client.getUser(made.id)).toMatchObject({ active: false, name: { familyName: 'Lovelace' } });
  } finally {
    await server.stop();
  }
});
