import { jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../../../test/support/eventually.js';
import { startScimStub, type StubReply, type StubRequest } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId, stubToken } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const html: Pick<StubReply, 'body' | 'headers'> = {
  body: '<html>please sign in</html>',
  headers: { 'content-type': 'text/html' },
};

describe('an application that answers as nobody should', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  const creates = ({ method, url }: StubRequest): boolean => method === 'POST' && url.endsWith('/Users');
  const isUser = ({ url }: StubRequest): boolean => /\/Users\/[^/?]+$/.test(url);
  const listed = async (): Promise<string[]> =>
    (await wiki.call('GET', '/leavers-still-enabled')).body.items.map(({ code }: { code: string }) => code);
  const last = async (type: string) => (await wiki.results()).filter((one) => one.type.includes(type)).at(-1)?.body;

  it.each<[string, (usual: StubReply) => StubReply]>([
    ['an empty 200', () => ({ status: 200, body: null })],
    ['204', () => ({ status: 204, body: null })],
    ['201 with Location only', () => ({ status: 201, body: null, headers: { location: '/scim/v2/Users/u1' } })],
    ['a page with 200', () => ({ status: 200, ...html })],
    ['half a body', ({ body }) => ({ status: 201, body: JSON.stringify(body).slice(0, 20) })],
    [
      'gzip that nobody asked for',
      ({ body }) => ({ status: 201, body: gzipSync(JSON.stringify(body)), headers: { 'content-encoding': 'gzip' } }),
    ],
  ])('%s for a creation: the account is found, made once, and disabled when its person leaves', async (_, as) => {
    wiki.stub.reply = (request, usual) => (creates(request) ? as(usual()) : null);
    await wiki.publish(desired('ada', 1));
    await wiki.inTime(async () => (await wiki.results()).some(({ body }) => body.inSync === true));
    expect(wiki.users('ada')).toHaveLength(1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
  });

  it.each([
    [423, 'validation'],
    [501, 'unsupported'],
    [412, 'changed-meanwhile'],
  ])('%i for the disabling of one account: listed with the words, others go', async (status, code) => {
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);
    const id = wiki.users('ada')[0]?.id ?? '';
    wiki.stub.reply = ({ method, url }) =>
      ['PATCH', 'PUT'].includes(method) && url.endsWith(id)
        ? { status, body: { error: { message: 'locked', code: 7 } } }
        : null;
    await wiki.publish(leaver('ada', 2), leaver('bob', 2));
    await wiki.inSync('bob', 2);
    await wiki.inTime(async () => (await listed())[0] === code);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), detail: expect.stringContaining('locked') }]);
    expect(await wiki.health()).toBe('working');
  });

  it('410 for an id while a search finds the account: it is not gone', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.reply = (request) => (isUser(request) ? { status: 410, body: {} } : null);
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await listed()).includes('found-and-gone'), 20_000);
    wiki.stub.reply = () => null;
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
  });

  it.each([
    ['a page with 200', { status: 200, ...html }],
    ['the object of somebody else', { status: 200, body: { id: 'u999', userName: 'eve', active: true } }],
    ['half a body', { status: 200, body: '{"id":"u1","act' }],
  ])('%s for changes: what a reading shows counts', async (_, answer) => {
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    wiki.stub.reply = ({ method }, usual) => (method === 'PATCH' ? (usual(), answer) : null);
    await wiki.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' }, groups: ['Staff'] }));
    await wiki.inTime(async () =>
      (await wiki.results()).some(({ body }) => body.inSync === true && body.desiredSequence === 2),
    );
    expect(wiki.users('ada')).toMatchObject([{ displayName: 'Ada King', active: true }]);
    await wiki.publish(leaver('ada', 3));
    await wiki.inTime(async () =>
      (await wiki.results()).some(({ body }) => body.inSync === true && body.desiredSequence === 3),
    );
    expect([wiki.users('ada')[0]?.active, wiki.members('Staff')]).toEqual([false, []]);
    expect([await last('account.disabled'), await last('membership.removed')]).toMatchObject([
      { verified: true },
      { verified: true },
    ]);
    expect(await wiki.parked()).toEqual([]);
  });

  it('a list that counts 0 and shows somebody: nobody is made twice', async () => {
    wiki.stub.directory.addUser({ userName: 'ada@corp.example', externalId: personId('ada'), active: true });
    wiki.stub.reply = ({ method, url }, usual) => {
      if (method !== 'GET' || !url.includes('/Users?')) return null;
      const answer = usual();
      return { ...answer, body: { ...(answer.body as object), totalResults: 0 } };
    };
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    expect(wiki.users('ada')).toHaveLength(1);
  });

  it('members as plain texts, and “False” for inactive: additions are seen, removals verified', async () => {
    wiki.stub.reply = (request, usual) => {
      const answer = usual();
      const body = (answer.body ?? null) as { members?: { value: string }[]; active?: boolean } | null;
      if (request.method === 'PATCH' && request.url.includes('/Groups/'))
        return { status: 200, body: shown(wiki.stub.directory.answer('GET', request.url, '').body) };
      return body === null ? answer : { ...answer, body: shown(body) };
    };
    const shown = (body: { members?: { value: string }[]; active?: boolean } | null): object => ({
      ...body,
      ...(body?.members === undefined ? {} : { members: body.members.map(({ value }) => value) }),
      ...(body?.active === undefined ? {} : { active: body.active ? 'True' : 'False' }),
    });
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    expect(await last('membership.added')).toMatchObject({ seen: 'yes' });
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(await last('membership.removed')).toMatchObject({ verified: true });
    expect(await last('account.disabled')).toMatchObject({ verified: true });
  });

  it('another id after a rename: it is the same account, and disabled when its person leaves', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.reply = (request, usual) => {
      if (request.method !== 'PATCH' || !request.body.includes('userName')) return null;
      const answer = usual();
      const [user] = wiki.stub.dump().users;
      if (user !== undefined) {
        wiki.stub.directory.answer('DELETE', request.url, '');
        wiki.stub.directory.restore({ ...user, id: 'u77' });
      }
      return answer;
    };
    await wiki.publish(desired('ada', 2, { attributes: { userName: 'ada.king@corp.example' } }));
    await wiki.inSync('ada', 2);
    await wiki.publish(leaver('ada', 3));
    await wiki.inTime(() => wiki.stub.dump().users[0]?.active === false, 5_000);
    expect(wiki.stub.dump().users).toMatchObject([{ id: 'u77', userName: 'ada.king@corp.example', active: false }]);
  });

  type Shown = Record<string, unknown> & { members?: { value: string }[] };
  /** Every reading of one resource of this kind shows it so. */
  const reads = (kind: 'Users' | 'Groups', as: (resource: Shown) => object): void => {
    wiki.stub.reply = ({ method, url }, usual) => {
      const answer = usual();
      const isOne = method === 'GET' && new RegExp(`/${kind}/[^/?]+`).test(url) && answer.status === 200;
      return isOne ? { ...answer, body: as(structuredClone(answer.body as Shown)) } : answer;
    };
  };
  const ofRemoval = async (type: string): Promise<unknown[]> => {
    const { verified, verifiable } = (await last(type)) ?? {};
    return [verified, verifiable];
  };
  const joined = async (...names: string[]): Promise<void> => {
    await wiki.publish(...names.map((name) => desired(name, 1, { groups: ['Staff'] })));
    for (const name of names) await wiki.inSync(name, 1);
  };

  it.each<[string, (ids: string[]) => unknown]>([
    ['as references alone', (ids) => ids.map((id) => ({ $ref: `/scim/v2/Users/${id}` }))],
    ['as names alone', (ids) => ids.map((id) => ({ display: id }))],
    ['as a count', (ids) => ids.length],
    ['as an object by id', (ids) => Object.fromEntries(ids.map((id) => [id, true]))],
    ['with an entry that is nothing', (ids) => [null, ...ids.map((value) => ({ value }))]],
  ])('members %s, once it has shown them well: no removal is verified', async (_, as) => {
    await joined('ada', 'bob', 'eve');
    await wiki.publish(desired('eve', 2));
    await wiki.inSync('eve', 2);
    expect(await ofRemoval('membership.removed')).toEqual([true, undefined]);
    reads('Groups', ({ members = [], ...group }) => ({ ...group, members: as(members.map(({ value }) => value)) }));
    await wiki.publish(desired('ada', 2));
    await wiki.inSync('ada', 2);
    expect([wiki.members('Staff'), await ofRemoval('membership.removed')]).toEqual([
      ['bob@corp.example'],
      [false, false],
    ]);
  });

  it('one member as an object in place of a list is a member', async () => {
    await joined('ada');
    wiki.stub.reply = ({ method, url }, usual) => {
      if (method === 'PATCH' && url.includes('/Groups/')) return { status: 200, body: {} };
      const answer = usual();
      const { members } = (answer.body ?? {}) as Shown;
      return members === undefined || method === 'POST'
        ? answer
        : { ...answer, body: { ...(answer.body as Shown), members: members[0] } };
    };
    await wiki.publish(desired('ada', 2));
    await wiki.inTime(async () => (await last('operation.failed'))?.code === 'silent-failure');
    expect(wiki.members('Staff')).toEqual(['ada@corp.example']);
  });

  it.each([
    ['Users', 'account.disabled'],
    ['Groups', 'membership.removed'],
  ] as const)('another object for what was asked for (%s): no removal is verified by it', async (kind, type) => {
    await joined('ada', 'bob');
    reads(kind, () => ({ id: 'x9', userName: 'eve', displayName: 'Staff', active: false, members: [{ value: 'x8' }] }));
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false && wiki.members('Staff').length === 1);
    await wiki.inTime(async () => (await last(type)) !== undefined);
    expect(await ofRemoval(type)).toEqual([false, false]);
  });

  it.each([
    [301, 'PATCH'],
    [302, 'PATCH'],
    [307, 'PATCH'],
    [308, 'POST'],
    [302, 'GET'],
  ])('%i for %s, to another host: nothing goes there, and it goes on once that ends', async (status, method) => {
    await joined('ada');
    const elsewhere = await startScimStub({ token: stubToken });
    try {
      let visits = 0;
      elsewhere.onRequest = () => (visits += 1);
      const { baseUrl } = elsewhere;
      wiki.stub.reply = (request) =>
        request.method === method ? { status, body: null, headers: { location: `${baseUrl}/Users` } } : null;
      await wiki.publish(desired('bob', 1, { groups: ['Staff'] }), leaver('ada', 2));
      await eventually(async () => (await wiki.health()) === 'unreachable');
      expect([visits, elsewhere.counters['unauthorized'] ?? 0, await listed()]).toEqual([0, 0, expect.any(Array)]);
      wiki.stub.reply = () => null;
      await wiki.inTime(
        () => wiki.users('ada')[0]?.active === false && wiki.members('Staff').join() === 'bob@corp.example',
      );
      expect(wiki.users('bob')).toHaveLength(1);
    } finally {
      await elsewhere.stop();
    }
  });

  it.each<[string, () => StubReply]>([
    ['a sign-in page', () => ({ status: 200, ...html })],
    ['half a list', () => ({ status: 200, body: '{"totalResults":1,"Resources":[{"id":"u1","user' })],
    [
      'gzip that nobody asked for',
      () => ({ status: 200, body: gzipSync('[]'), headers: { 'content-encoding': 'gzip' } }),
    ],
    ['a text in another charset', () => ({ status: 200, body: Buffer.from([0x7b, 0x22, 0xe9, 0xff, 0x22, 0x7d]) })],
    ['Retry-After in the past', () => ({ status: 503, headers: { 'retry-after': 'Mon, 02 Mar 2020 09:00:00 GMT' } })],
    ['Retry-After of ten days', () => ({ status: 429, headers: { 'retry-after': '864000' } })],
  ])('%s for every call: nobody counts as gone, a leaver is shut out within the hour', async (_, answer) => {
    await joined('ada');
    const asked = wiki.stub.counters;
    wiki.stub.reply = answer;
    await wiki.publish(leaver('ada', 2), desired('bob', 1));
    await eventually(
      async () =>
        (await wiki.results()).some(({ type }) => type.includes('.failed')) || (await wiki.health()) !== 'working',
    );
    await wiki.quiescence();
    expect([await listed(), Object.values(asked).reduce((sum, n) => sum + n, 0) < 60]).toEqual([
      [expect.any(String)],
      true,
    ]);
    wiki.stub.reply = () => null;
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false && wiki.users('bob').length === 1, 60_000);
    expect(wiki.users('ada')).toHaveLength(1);
  });
});
