import { jest } from '@jest/globals';
import { attributesPulled, type AttributesPulledMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { connector, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const work = 'emails[type eq "work"].value';
const email = { target: work, attribute: 'email' };
const id = { target: 'id', attribute: 'custom.wikiId', precedence: 10 };
const terms = {
  mappingDefaults: false,
  mapping: [{ target: 'userName', type: 'direct', source: 'userName' }],
  pull: [email, id],
};

describe('what an application makes', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect(terms);
  });
  afterAll(() => wiki.stop());

  const messages = async (name: string): Promise<AttributesPulledMessage[]> =>
    ((await wiki.published(topics.results)) as readonly PublicMessage<AttributesPulledMessage>[])
      .filter(({ type, body }) => type === attributesPulled && body.identity === personId(name))
      .map(({ body }) => body);
  const newest = async (name: string) => (await messages(name)).at(-1);
  /** The application gives the account a mailbox. */
  const getsMailbox = (name: string, address: string): void => {
    const operations = [{ op: 'add', path: 'emails', value: [{ type: 'work', value: address }] }];
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
    wiki.stub.directory.answer('PATCH', `/Users/${wiki.users(name)[0]?.id ?? ''}`, JSON.stringify(body));
  };

  it('is told when it is there: at once, or as soon as a later reading shows it', async () => {
    await wiki.publish(desired('ada', 1));
    expect(await wiki.inSync('ada', 1)).toBe(true);
    const account = wiki.users('ada')[0]?.id ?? '';
    expect(await wiki.inTime(async () => (await newest('ada'))?.attributes['custom.wikiId'] === account)).toBe(true);
    getsMailbox('ada', 'ada@mail.example');
    expect(await wiki.inTime(async () => (await newest('ada'))?.attributes['email'] === 'ada@mail.example')).toBe(true);
    expect(await newest('ada')).toEqual({
      connector: 'wiki',
      application: 'wiki',
      identity: personId('ada'),
      precedence: { email: 100, 'custom.wikiId': 10 },
      attributes: { email: 'ada@mail.example', 'custom.wikiId': account },
    });
  });

  it('is read once: what changes in the application later changes nothing', async () => {
    const before = await messages('ada');
    getsMailbox('ada', 'other@mail.example');
    await wiki.publish(desired('ada', 2));
    expect(await wiki.inSync('ada', 2)).toBe(true);
    await wiki.quiescence();
    expect(await messages('ada')).toEqual(before);
  });

  it('has another precedence when the connector says so, and is given no more without the rule', async () => {
    await wiki.connect({ ...terms, pull: [{ ...email, precedence: 20 }] });
    expect(await wiki.inTime(async () => (await newest('ada'))?.precedence['email'] === 20)).toBe(true);
    expect((await newest('ada'))?.attributes).toEqual({ email: 'ada@mail.example' });
    await wiki.connect({ ...terms, pull: [] });
    expect(
      await wiki.inTime(async () => Object.keys((await newest('ada'))?.attributes ?? { x: '' }).length === 0),
    ).toBe(true);
  });

  it('is not what cannot be an address: the account is as desired all the same', async () => {
    await wiki.connect({
      ...terms,
      pull: [{ target: 'userName', attribute: 'email' }],
      mapping: [{ target: 'userName', type: 'direct', source: 'givenName' }],
    });
    await wiki.publish(desired('bob', 1));
    expect(await wiki.inSync('bob', 1)).toBe(true);
    await wiki.inTime(() => wiki.stub.dump().users.some(({ userName }) => userName === 'bob'));
    expect(await messages('bob')).toEqual([]);
  });

  it('waits for a person when it is not there after many readings, and is read again when the person asks', async () => {
    const parked = async () => (await wiki.parked()).find(({ id: identity }) => identity === personId('bob'));
    expect(await wiki.inTime(async () => (await parked()) !== undefined, 60_000)).toBe(true);
    expect(await parked()).toMatchObject({
      code: 'pull-missing',
      detail: expect.stringContaining('userName for email'),
    });
    await wiki.connect({ ...terms, pull: [id] });
    expect(await wiki.inTime(async () => (await newest('bob'))?.attributes['custom.wikiId'] !== undefined)).toBe(true);
    expect(await wiki.inTime(async () => (await parked()) === undefined)).toBe(true);
  });

  it('is refused by name where a rule cannot be one, and shown with its defaults', async () => {
    const errors = async (pull: unknown): Promise<unknown> =>
      (await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { ...terms, pull }))).body.errors;
    expect(await errors([{ target: 'x y', attribute: 'email' }])).toMatchObject([{ pointer: '/pull/0/target' }]);
    const core = 'urn:ietf:params:scim:schemas:core:2.0';
    const named = await errors([{ target: `${core}:User:userName`, attribute: 'email' }]);
    expect(named).toMatchObject([{ pointer: '/pull/0/target', detail: expect.stringContaining('write userName') }]);
    expect(await errors([{ target: `${core}:Group:displayName`, attribute: 'email' }])).toMatchObject([
      { pointer: '/pull/0/target', detail: expect.stringContaining('is not of users') },
    ]);
    expect(await errors([{ target: work, attribute: 'userName' }])).toMatchObject([{ pointer: '/pull/0/attribute' }]);
    expect(await errors([email, { ...id, attribute: 'email' }])).toMatchObject([{ pointer: '/pull/1/attribute' }]);
    expect(await errors([{ ...email, precedence: 101 }])).toMatchObject([{ pointer: '/pull/0/precedence' }]);
    await wiki.connect(terms);
    const { body } = await wiki.call('GET', '/connectors/wiki');
    expect(body.pull).toEqual([{ ...email, precedence: 100 }, id]);
  });
});
