import { jest } from '@jest/globals';
import { type Application, startApplication } from '../../../../test/support/application.js';
import { eventually } from '../../../../test/support/eventually.js';
import { scim2ServerForTests } from '../../../../test/targets/scim2-server.js';
import { desired } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const scim2 = await scim2ServerForTests();
const servers = [
  { name: 'scimmy', start: startApplication },
  ...(scim2 === null ? [] : [{ name: 'scim2-server', start: scim2 }]),
];

const from = (target: string, attribute: string): object => ({ target, type: 'direct', source: `custom.${attribute}` });
const mapping = [
  from('phoneNumbers[type eq "work"].value', 'phone'),
  from('addresses[type eq "work"].locality', 'city'),
  from('addresses[type eq "work"].country', 'country'),
  from('emails[type eq "home"].value', 'home'),
  from('ims[type eq "xmpp"].value', 'chat'),
  { target: 'ims[type eq "xmpp"].primary', type: 'constant', value: true },
  from('nickName', 'nick'),
  from('name.middleName', 'middle'),
];

type User = Readonly<Record<string, unknown>> & { readonly id: string };

describe.each(servers)('an account in $name', ({ start }) => {
  let wiki: Wiki;
  let app: Application;
  let sequence: number;
  /** Each test has a person of its own. */
  let name: string;
  let people = 0;
  beforeAll(async () => {
    app = await start();
    wiki = await runningWiki();
    await wiki.connect({ baseUrl: app.baseUrl, auth: { type: 'bearer', token: app.token }, mapping });
  });
  beforeEach(() => {
    sequence = 0;
    people += 1;
    name = `ada${people}`;
  });
  afterAll(async () => {
    await wiki.stop();
    await app.child.stop();
  });

  const want = async (custom: Record<string, string>): Promise<void> => {
    sequence += 1;
    await wiki.publish(desired(name, sequence, { attributes: { custom } }));
    await eventually(async () => (await wiki.parked()).length > 0 || (await wiki.inSync(name, sequence)));
    expect(await wiki.parked()).toEqual([]);
  };
  const user = async (): Promise<User> => {
    const found = await app.user(`${name}@corp.example`);
    if (found === undefined) throw new Error('there is no such account');
    return found as unknown as User;
  };
  const list = async (name: string): Promise<unknown> => (await user())[name] ?? [];
  /** What a person changes in the application itself. */
  const byHand = async (path: string, value: unknown): Promise<void> => {
    const { id } = await user();
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    const body = { schemas, Operations: [{ op: 'replace', path, value }] };
    const { status, text } = await app.call('PATCH', `/Users/${id}`, body);
    if (status >= 300) throw new Error(text);
  };

  it('has a number once, and none when it is cleared, however often', async () => {
    for (const phone of ['1', '', '2', '3', '', '']) {
      await want({ phone });
      expect(await list('phoneNumbers')).toEqual(phone === '' ? [] : [{ type: 'work', value: phone }]);
    }
  });

  it('loses a number whole, also with what somebody added to it', async () => {
    await want({ phone: '1' });
    await byHand('phoneNumbers', [{ type: 'work', value: '1', display: 'Desk', primary: true }]);
    await want({});
    expect(await list('phoneNumbers')).toEqual([]);
    await want({ phone: '2' });
    expect(await list('phoneNumbers')).toMatchObject([{ type: 'work', value: '2' }]);
  });

  it('keeps a second number of the same type that somebody added', async () => {
    await want({ phone: '1' });
    const theirs = { type: 'work', value: '5' };
    await byHand('phoneNumbers', [theirs, { type: 'work', value: '1' }, { type: 'home', value: '9' }]);
    await want({ phone: '2' });
    expect(await list('phoneNumbers')).toEqual([theirs, { type: 'work', value: '2' }, { type: 'home', value: '9' }]);
    await want({});
    expect(await list('phoneNumbers')).toEqual([theirs, { type: 'home', value: '9' }]);
  });

  it('loses its address when all of it is cleared, and not what somebody wrote into it', async () => {
    await want({ city: 'Bern', country: 'CH' });
    expect(await list('addresses')).toEqual([{ type: 'work', locality: 'Bern', country: 'CH' }]);
    await want({ country: 'CH' });
    expect(await list('addresses')).toEqual([{ type: 'work', country: 'CH' }]);
    await want({});
    expect(await list('addresses')).toEqual([]);
    await want({ city: 'Bern' });
    await byHand('addresses', [{ type: 'work', locality: 'Bern', streetAddress: 'Gasse 1' }]);
    await want({});
    expect(await list('addresses')).toEqual([{ type: 'work', streetAddress: 'Gasse 1' }]);
    await want({ city: 'Thun' });
    expect(await list('addresses')).toEqual([{ type: 'work', locality: 'Thun', streetAddress: 'Gasse 1' }]);
  });

  it('keeps the address at work beside one at home, set, cleared and set again', async () => {
    const work = { type: 'work', value: `${name}@corp.example`, primary: true };
    for (const home of ['a@home.example', '', 'b@home.example']) {
      await want({ home });
      expect(await list('emails')).toEqual(home === '' ? [work] : [work, { type: 'home', value: home }]);
    }
  });

  it('has no entry that is nothing but a mark', async () => {
    for (const chat of ['', 'ada', '', 'ada2']) {
      await want({ chat });
      expect(await list('ims')).toEqual(chat === '' ? [] : [{ type: 'xmpp', value: chat, primary: true }]);
    }
  });

  it('has plain values and parts of its name set, cleared and set again', async () => {
    for (const nick of ['A', '', 'B']) {
      await want({ nick, middle: nick });
      const { nickName, name: parts } = (await user()) as User & { name: Record<string, unknown> };
      const expected = nick === '' ? [undefined, undefined, name] : [nick, nick, name];
      expect([nickName, parts['middleName'], parts['givenName']]).toEqual(expected);
    }
  });
});
