import { createServer, type Server } from 'node:http';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { some } from '../../../test/support/some.js';
import { generic } from './profile.js';
import { ScimClient } from './scim-client.js';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly bulkId: string;
  readonly data: { readonly userName: string };
}

type Reply = { readonly status: number; readonly body: object } | null;

const together = { together: true } as const;
const user = (n: number): object => ({ userName: `p${n}` });

/** Answers each operation as it would alone: with the resource, or without it. */
const made = (operations: readonly Operation[], isShown = true): object => ({
  Operations: operations.map(({ bulkId, method, path, data }, n) => ({
    bulkId,
    method,
    status: method === 'POST' ? '201' : '200',
    location: method === 'POST' ? `https://app.example/scim/v2/Users/u%20${n}` : `https://app.example/scim/v2${path}`,
    ...(isShown ? { response: { id: `u ${n}`, ...data } } : {}),
  })),
});

describe('changes that go together', () => {
  let server: Server;
  let client: ScimClient;
  /** Sizes of Bulk requests, and paths of the others, in order. */
  let requests: (number | string)[];
  let answer: (operations: readonly Operation[]) => Reply;

  beforeEach(async () => {
    requests = [];
    answer = (operations) => ({ status: 200, body: made(operations) });
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const body = JSON.parse(text || '{}') as { Operations?: Operation[]; userName?: string };
        const isBulk = request.url === '/Bulk';
        requests.push(isBulk ? (body.Operations ?? []).length : (request.url ?? ''));
        const alone = { status: 201, body: { id: `alone ${body.userName ?? ''}`, ...body } };
        const reply = isBulk ? answer(body.Operations ?? []) : alone;
        if (reply === null) return void response.destroy();
        response.writeHead(reply.status, { 'content-type': 'application/scim+json' }).end(JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const bulk = { maxOperations: 5, maxPayloadSize: 100_000 };
    client = new ScimClient(
      {
        baseUrl: `http://127.0.0.1:${port}`,
        auth: { type: 'bearer', token: () => 'token' },
        guard: new AddressGuard([], true),
        connections: 2,
        nowMs: () => 0,
      },
      { ...generic, bulk },
    );
  });
  afterEach(async () => {
    await client.destroy();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const create = (count: number) =>
    Promise.allSettled(Array.from({ length: count }, (_, n) => client.createUser(user(n), together)));
  const ids = (results: Awaited<ReturnType<typeof create>>): unknown[] =>
    results.map((one) => (one.status === 'fulfilled' ? one.value.id : (one.reason as CallFailure).terms.code));

  it('are one request as long as the application takes them, and each has its own answer', async () => {
    expect(ids(await create(7))).toEqual(['u 0', 'u 1', 'u 2', 'u 3', 'u 4', 'u 0', 'u 1']);
    expect(requests).toEqual([5, 2]);
  });

  it('are not waited for: one alone goes as itself, and so does what takes access away', async () => {
    expect(ids(await create(1))).toEqual(['alone p0']);
    await Promise.all([client.deleteUser('1').catch(() => null), client.deleteUser('2').catch(() => null)]);
    expect(requests.sort()).toEqual(['/Users', '/Users/1', '/Users/2']);
  });

  it('an account that is not shown has the id that ends its address', async () => {
    answer = (operations) => ({ status: 200, body: made(operations, false) });
    expect(ids(await create(2))).toEqual(['u 0', 'u 1']);
  });

  it('one that is refused stops no other, and has its own words', async () => {
    answer = (operations) => {
      const { Operations } = made(operations) as { Operations: object[] };
      const detail = 'the name is taken';
      Operations[1] = { bulkId: '1', method: 'POST', status: '409', response: { scimType: 'uniqueness', detail } };
      return { status: 200, body: { Operations } };
    };
    const results = await create(3);
    expect(ids(results)).toEqual(['u 0', 'conflict', 'u 2']);
    const [, refused] = results;
    expect(refused).toMatchObject({
      reason: { terms: { status: 409, effectUnknown: false, detail: 'uniqueness: the name is taken' } },
    });
  });

  it('one that the answer leaves out may have happened, and the others did', async () => {
    answer = (operations) => ({ status: 200, body: made(operations.slice(0, 2)) });
    const results = await create(3);
    expect(ids(results)).toEqual(['u 0', 'u 1', 'unreadable-answer']);
    expect(results[2]).toMatchObject({ reason: { terms: { effectUnknown: true } } });
  });

  it.each<[string, Reply, string, boolean]>([
    ['is lost', null, 'reset', true],
    ['is half', { status: 200, body: { Operations: 'none' } }, 'unreadable-answer', true],
    ['is 500', { status: 500, body: {} }, 'unavailable', true],
    ['is 429', { status: 429, body: {} }, 'throttled', false],
  ])('when the answer to all %s, each knows as much as if it had been alone', async (_, reply, code, effectUnknown) => {
    answer = () => reply;
    const results = await create(3);
    expect(ids(results)).toEqual([code, code, code]);
    for (const one of some(results)) expect(one).toMatchObject({ reason: { terms: { effectUnknown } } });
    expect(requests).toEqual([3]);
  });

  it.each([
    [413, {}],
    [400, { status: '400', scimType: 'tooMany' }],
  ])('go in smaller requests when they are too large (%i), and alone where there is no Bulk', async (status, body) => {
    answer = (operations) => (operations.length > 2 ? { status, body } : { status: 200, body: made(operations) });
    expect(ids(await create(4))).toEqual(['u 0', 'u 1', 'u 0', 'u 1']);
    expect(requests).toEqual([4, 2, 2]);
    requests = [];
    answer = () => ({ status: 501, body: {} });
    expect(ids(await create(2))).toEqual(['alone p0', 'alone p1']);
    expect(ids(await create(2))).toEqual(['alone p0', 'alone p1']);
    expect(requests).toEqual([2, '/Users', '/Users', '/Users', '/Users']);
  });

  it('of users are told apart by the resource where the answer has no bulkId', async () => {
    answer = (operations) => {
      const { Operations } = made(operations, false) as { Operations: Record<string, unknown>[] };
      for (const one of Operations) Reflect.deleteProperty(one, 'bulkId');
      return { status: 200, body: { Operations: Operations.reverse() } };
    };
    const change = (id: string) => client.patchUser(id, [{ op: 'replace', path: 'title', value: 'Dr' }], together);
    expect(await Promise.all([change('a'), change('b')])).toMatchObject([
      { status: 200, shown: null },
      { status: 200, shown: null },
    ]);
    expect(requests).toEqual([2]);
  });
});
