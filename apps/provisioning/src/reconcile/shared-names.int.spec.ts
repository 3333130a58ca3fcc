import { jest } from '@jest/globals';
import type { StubUser } from '../../../../test/targets/scim-stub-directory.js';
import { desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const named = (name: string, sequence: number, userName: string) =>
  desired(name, sequence, { attributes: { userName, email: userName } });
const address = (name: string): string => `${name}@corp.example`;

describe('an application that lets nobody have a userName twice', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    wiki.stub.reply = ({ method, url, body }, usual) => {
      const name = /"userName"[^}]*?"value":"([^"]+)"|"path":"userName","value":"([^"]+)"|"userName":"([^"]+)"/.exec(
        body,
      );
      const wanted = (name?.[1] ?? name?.[2] ?? name?.[3])?.toLowerCase();
      if (!['POST', 'PATCH', 'PUT'].includes(method) || !url.includes('/Users') || wanted === undefined) return usual();
      const bearer = wiki.stub.dump().users.find(({ userName }) => userName?.toLowerCase() === wanted);
      if (bearer === undefined || url.endsWith(`/${bearer.id}`)) return usual();
      return { status: 409, body: { scimType: 'uniqueness', detail: 'userName is taken', status: '409' } };
    };
    await wiki.connect();
    await wiki.publish(desired('ada', 1), desired('bob', 1), desired('cyd', 1));
    for (const name of ['ada', 'bob', 'cyd']) await wiki.inSync(name, 1);
  });
  afterEach(() => wiki.stop());

  const userOf = (name: string): StubUser | undefined =>
    wiki.stub.dump().users.find(({ externalId }) => externalId === personId(name));
  const become = (names: Readonly<Record<string, string>>): Promise<boolean> =>
    wiki.inTime(() => Object.entries(names).every(([name, as]) => userOf(name)?.userName === address(as)));

  it.each([
    ['giver first', [named('ada', 2, address('new')), named('bob', 2, address('ada'))]],
    ['taker first', [named('bob', 2, address('ada')), named('ada', 2, address('new'))]],
  ])('ends with a name handed over, %s', async (_, messages) => {
    for (const message of messages) {
      await wiki.publish(message);
      await wiki.settled();
    }
    expect(await become({ ada: 'new', bob: 'ada' })).toBe(true);
    expect(await wiki.parked()).toEqual([]);
  });

  it('ends with a name handed to somebody new, who was there first', async () => {
    await wiki.publish(named('dan', 1, address('ada')));
    await wiki.settled();
    await wiki.publish(named('ada', 2, address('new')));
    expect(await become({ ada: 'new', dan: 'ada' })).toBe(true);
    expect(await wiki.parked()).toEqual([]);
  });

  it('ends with the names that two swapped', async () => {
    await wiki.publish(named('ada', 2, address('bob')), named('bob', 2, address('ada')));
    expect(await become({ ada: 'bob', bob: 'ada' })).toBe(true);
    await wiki.inSync('ada', 2);
    await wiki.inSync('bob', 2);
    expect(await wiki.parked()).toEqual([]);
  });

  it('ends with the names that three passed on in a circle', async () => {
    await wiki.publish(
      named('ada', 2, address('bob')),
      named('bob', 2, address('cyd')),
      named('cyd', 2, address('ada')),
    );
    expect(await become({ ada: 'bob', bob: 'cyd', cyd: 'ada' })).toBe(true);
  });

  it('is listed with who cannot have a name, because another account keeps it', async () => {
    await wiki.publish(named('dan', 1, address('ada')));
    await wiki.inTime(async () => (await wiki.parked()).length > 0);
    expect(await wiki.parked()).toMatchObject([{ code: 'name-taken' }]);
    expect(userOf('dan')).toBeUndefined();
  });
});
