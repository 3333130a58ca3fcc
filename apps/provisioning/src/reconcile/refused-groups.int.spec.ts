import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubRequest } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const old = ['Admins', 'Sales', 'Staff'];
const isSame = (one: readonly string[], other: readonly string[]): boolean => one.join() === other.join();

describe('an application that refuses one group', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
    await wiki.publish(desired('bob', 1, { groups: old }));
    await wiki.inSync('bob', 1);
  });
  afterEach(() => wiki.stop());

  /** Changes of this group are answered so; everything else as usual. */
  const refuse = (name: string, status: number, detail = ''): void => {
    const id = wiki.stub.dump().groups.find(({ displayName }) => displayName === name)?.id ?? '';
    const isOf = ({ method, url }: StubRequest): boolean => method === 'PATCH' && url.includes(`/Groups/${id}`);
    wiki.stub.reply = (request) => (isOf(request) ? { status, body: { detail } } : null);
  };
  const groupsOf = (name: string): string[] =>
    [...old, 'Legal'].filter((group) => wiki.members(group).includes(`${name}@corp.example`));

  it.each([403, 409, 422, 500, 503])('%i: a joiner gets the others, and all once it takes them', async (status) => {
    refuse('Admins', status, 'not you');
    await wiki.publish(desired('ada', 1, { groups: old }));
    await wiki.inTime(() => isSame(groupsOf('ada'), ['Sales', 'Staff']));
    await wiki.inTime(async () => (await wiki.parked()).length === 1 || status >= 500);
    expect(await wiki.parked()).toMatchObject(status >= 500 ? [] : [{ id: personId('ada'), detail: 'not you' }]);
    wiki.stub.reply = () => null;
    await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`);
    await wiki.inTime(() => isSame(groupsOf('ada'), old), 5_000);
  });

  it.each([403, 409, 422, 500])(
    '%i for a removal: a mover leaves the others, and gets nothing new before all is taken away',
    async (status) => {
      refuse('Admins', status);
      await wiki.publish(desired('bob', 2, { groups: ['Legal'] }));
      await wiki.inTime(() => isSame(groupsOf('bob'), ['Admins']));
      await wiki.quiescence();
      expect(groupsOf('bob')).toEqual(['Admins']);
      wiki.stub.reply = () => null;
      await wiki.call('POST', `/connectors/wiki/parked/${personId('bob')}/retry`);
      await wiki.inTime(() => isSame(groupsOf('bob'), ['Legal']), 5_000);
    },
  );

  it.each([403, 409, 422, 500])('%i for a removal: a leaver is shut out and leaves the others', async (status) => {
    refuse('Admins', status);
    await wiki.publish(leaver('bob', 2));
    await wiki.inTime(() => wiki.users('bob')[0]?.active === false && isSame(groupsOf('bob'), ['Admins']));
  });

  it('a leaver whose disabling fails again and again leaves the groups', async () => {
    wiki.stub.reply = ({ method, url }) =>
      method === 'PATCH' && url.includes('/Users/') ? { status: 500, body: {} } : null;
    await wiki.publish(leaver('bob', 2));
    await wiki.inTime(() => groupsOf('bob').length === 0);
    wiki.stub.reply = () => null;
    await wiki.inTime(() => wiki.users('bob')[0]?.active === false, 5_000);
  });

  it('a value that it refuses keeps nobody out of a group', async () => {
    wiki.stub.reply = ({ method, url }) =>
      method === 'PATCH' && url.includes('/Users/') ? { status: 422, body: { detail: 'no such title' } } : null;
    await wiki.publish(desired('bob', 2, { groups: [...old, 'Legal'], attributes: { displayName: 'Bob' } }));
    await wiki.inTime(() => wiki.members('Legal').length === 1);
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('bob'), detail: 'no such title' }]);
  });

  it('to many: they get everything else without waiting, and it once the group takes them', async () => {
    const many = Array.from({ length: 12 }, (_, n) => `p${n}`);
    refuse('Admins', 403, 'the group is full');
    await wiki.publish(...many.map((name) => desired(name, 1, { groups: old })));
    await eventually(() => many.every((name) => isSame(groupsOf(name), ['Sales', 'Staff'])));
    await eventually(async () => (await wiki.health()) === 'refusing');
    wiki.stub.reply = () => null;
    await wiki.inTime(() => many.every((name) => isSame(groupsOf(name), old)), 10_000);
    await eventually(async () => (await wiki.parked()).length === 0);
  });
});
