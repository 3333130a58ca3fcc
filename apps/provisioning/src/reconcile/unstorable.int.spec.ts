import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubReply, StubRequest } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId, stubToken } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

describe('an application that says what cannot be stored', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  const creates = ({ method, url }: StubRequest): boolean => method === 'POST' && url.endsWith('/Users');
  const text = (status: number, body: string | Buffer): StubReply => ({ status, body });

  it.each([
    ['U+0000 and half a surrogate pair', Buffer.from('{"detail":"a\\u0000b \\ud83d"}'), 'a\ufffdb \ufffd'],
    ['a binary page', Buffer.from([0, 0xff, 0xd8, 0xc3, 0x28]), '\ufffd\ufffd\ufffd\ufffd('],
    ['an emoji across the cut', Buffer.from(`{"detail":"${'x'.repeat(499)}👍"}`), 'x'.repeat(499)],
    ['a secret', Buffer.from(`{"detail":"bad token ${stubToken}"}`), 'bad token ***'],
  ])('parks whom it refuses with %s', async (_, body, detail) => {
    wiki.stub.reply = (request) => (creates(request) ? text(400, body) : null);
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code: 'validation', detail }]);
    const failed = (await wiki.results()).find(({ type }) => type.includes('.failed.'));
    expect(failed?.body.detail).toBe(detail);
  });

  it.each([
    ['U+0000', '"a\\u0000b"', 'unkept-id'],
    ['half a surrogate pair', '"\\ud83d"', 'look-up-unreliable'],
  ])(
    'an id with %s, unknown in a path, ends with a person, for a leaver too, and others go on',
    async (_, id, code) => {
      wiki.stub.reply = (request, usual) => {
        const url = decodeURIComponent(request.url);
        const isAda = `${request.body}${url}`.includes('ada@') || url.includes(personId('ada'));
        if (!isAda) return null;
        const all = JSON.stringify(usual().body).replaceAll(/"id":"u\d+"/g, `"id":${id}`);
        return text(creates(request) ? 201 : 200, all);
      };
      await wiki.publish(desired('ada', 1), desired('bob', 1));
      await wiki.inSync('bob', 1);
      await wiki.inTime(async () => (await wiki.parked()).length === 1);
      expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code: 'look-up-unreliable' }]);
      await wiki.publish(leaver('ada', 2));
      const listed = async (): Promise<string[]> =>
        (await wiki.call('GET', '/leavers-still-enabled')).body.items.map(({ code: why }: { code: string }) => why);
      await wiki.inTime(async () => (await listed())[0] === code);
      expect(wiki.users('ada')).toMatchObject([{ active: true }]);
    },
  );

  it.each([
    ['U+0000', 'a\u0000b'],
    ['a secret', `u-${stubToken}`],
  ])('a leaver whose account has an id with %s is found by name, and disabled', async (_, id) => {
    wiki.stub.reply = (request, usual) => {
      const url = request.url.replace(encodeURIComponent(id), wiki.users('ada')[0]?.id ?? '');
      if (url !== request.url) {
        const { status, body } = wiki.stub.directory.answer(request.method, url, request.body);
        return { status, body };
      }
      const isAda = request.body.includes('ada@') || /ada%40|ada@/.test(url) || url.includes(personId('ada'));
      if (!isAda) return null;
      const answer = usual();
      return { ...answer, body: JSON.stringify(answer.body).replaceAll(/"id":"u\d+"/g, `"id":${JSON.stringify(id)}`) };
    };
    await wiki.publish(desired('ada', 1));
    await wiki.inTime(async () => (await wiki.parked()).length === 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
    expect((await wiki.call('GET', '/leavers-still-enabled')).body.items).toEqual([]);
    expect(await wiki.parked()).toEqual([]);
    const last = (await wiki.results()).filter(({ type }) => type.endsWith('account.disabled.v1'));
    expect(last.map(({ body }) => [body.account, body.verified])).toEqual([[null, true]]);
  });

  it('a number for an id keeps its digits, beyond 2^53 too', async () => {
    const ids = new Map<string, string>();
    wiki.stub.reply = ({ url }, usual) => {
      const [, big] = /\/Users\/(\d{17})/.exec(url) ?? [];
      if (big !== undefined) {
        const known = [...ids].find(([, id]) => id === big)?.[0] ?? '';
        const { body } = wiki.stub.directory.answer('GET', `/scim/v2/Users/${known}`, '');
        return text(200, JSON.stringify(body).replace(/"id":"u\d+"/, `"id":${big}`));
      }
      const answer = usual();
      const all = JSON.stringify(answer.body ?? {}).replaceAll(/"id":"(u\d+)"/g, (_, id: string) => {
        if (!ids.has(id)) ids.set(id, `9007199254740993${ids.size}`);
        return `"id":${ids.get(id) ?? ''}`;
      });
      return answer.body === null || answer.body === undefined ? answer : text(answer.status, all);
    };
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    const [account] = (await wiki.call('GET', '/connectors/wiki/accounts')).body.items;
    expect(account.account).toBe('90071992547409930');
  });

  it('a record without a userName, or with a name that is none, stops nobody else', async () => {
    wiki.stub.directory.addUser({ userName: null, externalId: null, displayName: 7, meta: null });
    wiki.stub.reply = ({ method, url }, usual) => {
      if (method !== 'GET' || !url.includes('/Users?')) return null;
      const { body } = usual() as unknown as { body: { Resources: object[] } };
      const Resources = [...body.Resources, { id: 'x', userName: null, externalId: null, displayName: 7, meta: null }];
      return { status: 200, body: { totalResults: Resources.length, Resources } };
    };
    await wiki.publish(desired('ada', 1));
    await wiki.inTime(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ code: 'look-up-unreliable' }]);
  });

  it('what nobody foresaw counts as a try, and in the end waits for a person', async () => {
    // A row that another version wrote: no accounts in what is desired.
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);
    await wiki.db.query(`update desired set dirty = true, body = body - 'entitlements' where identity_id = $1`, [
      personId('ada'),
    ]);
    await wiki.inTime(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code: 'unexpected' }]);
    await wiki.publish(desired('bob', 2, { groups: ['Staff'] }));
    await wiki.inSync('bob', 2);
  });
});
