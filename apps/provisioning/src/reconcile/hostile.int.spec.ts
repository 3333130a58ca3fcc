import { jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { StubReply, StubRequest } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
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
      method === 'PATCH' && url.endsWith(id) ? { status, body: { error: { message: 'locked', code: 7 } } } : null;
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
});
