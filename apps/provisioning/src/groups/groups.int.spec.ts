import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { connector, desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('a group that somebody changes in the application', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
    await wiki.publish(...['ada', 'bob'].map((name) => desired(name, 1, { groups: ['Staff'] })));
    for (const name of ['ada', 'bob']) await wiki.inSync(name, 1);
  });
  afterEach(() => wiki.stop());

  const rename = (name: string): void => {
    const [group] = wiki.stub.dump().groups;
    if (group !== undefined) group.displayName = name;
  };
  const make = (name: string): void =>
    void wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName: name }));
  const remove = (): void =>
    void wiki.stub.directory.answer('DELETE', `/Groups/${wiki.stub.dump().groups[0]?.id ?? ''}`, '');
  const isInSync = async (name: string): Promise<boolean> =>
    (await wiki.call('GET', `/connectors/wiki/accounts?filter=identity eq "${personId(name)}"`)).body.items[0].inSync;

  it('renamed by hand: nobody new goes in, whose members are in question is told, and a leaver leaves it', async () => {
    rename('Domain Admins');
    wiki.clock.advance(61_000);
    await wiki.publish(desired('eve', 1, { groups: ['Staff'] }));
    await wiki.inTime(async () => (await wiki.parked()).length === 3);
    expect(wiki.members('Domain Admins')).toEqual(['ada@corp.example', 'bob@corp.example']);
    expect((await wiki.parked()).map(({ code }) => code)).toEqual(['group-renamed', 'group-renamed', 'group-renamed']);
    expect([await isInSync('ada'), await isInSync('bob')]).toEqual([false, false]);
    const told = (await wiki.results()).filter(({ type }) => type === 'hub.provisioning.drift.detected.v1');
    expect(told.map(({ body }) => [body.code, body.group])).toEqual([
      ['renamed-group', 'Staff'],
      ['renamed-group', 'Staff'],
    ]);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(wiki.members('Domain Admins')).toEqual(['bob@corp.example']);
    // Named as before, it is no question any more.
    rename('staff');
    wiki.clock.advance(61_000);
    await wiki.call('POST', `/connectors/wiki/parked/${personId('eve')}/retry`);
    await wiki.inTime(async () => (await isInSync('bob')) && (await isInSync('eve')));
    expect(wiki.members('staff')).toEqual(['bob@corp.example', 'eve@corp.example']);
    expect(await wiki.parked()).toEqual([]);
  });

  it('named by its id in packages, may be called anything', async () => {
    const id = wiki.stub.dump().groups[0]?.id ?? '';
    const isMember =
      (...names: string[]) =>
      () =>
        names.map((name) => `${name}@corp.example`).join() === wiki.members('Domain Admins').join();
    await wiki.connect({ groups: { mode: 'by-id' } });
    await wiki.publish(...['ada', 'bob'].map((name) => desired(name, 2, { groups: [id] })));
    for (const name of ['ada', 'bob']) await wiki.inSync(name, 2);
    rename('Domain Admins');
    wiki.clock.advance(61_000);
    await wiki.publish(desired('eve', 1, { groups: [id] }));
    await wiki.inSync('eve', 1);
    expect(isMember('ada', 'bob', 'eve')()).toBe(true);
    await wiki.publish(leaver('ada', 3), desired('bob', 3, { groups: ['Domain Admins'] }));
    await wiki.inTime(async () => isMember('eve')() && (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('bob'), code: 'group-missing' }]);
    const made = await wiki.call(
      'PUT',
      '/connectors/wiki',
      connector(wiki.stub, { groups: { mode: 'by-id', create: true } }),
    );
    expect(made.body.errors).toMatchObject([{ pointer: '/groups/create' }]);
  });

  it('renamed, with another of its name made: everybody goes to that one, and leaves the other', async () => {
    rename('Domain Admins');
    make('Staff');
    wiki.clock.advance(61_000);
    await wiki.publish(desired('eve', 1, { groups: ['Staff'] }));
    await wiki.inTime(() => wiki.members('Staff').length === 3);
    await wiki.inTime(() => wiki.members('Domain Admins').length === 0);
    await wiki.inTime(async () => (await isInSync('ada')) && (await isInSync('bob')));
    expect(wiki.members('Staff')).toEqual(['ada@corp.example', 'bob@corp.example', 'eve@corp.example']);
  });

  it.each([
    ['created again by hand', () => make('Staff')],
    ['not created again', () => undefined],
  ])('deleted and %s: it is filled again with everybody who should be there', async (_, then) => {
    remove();
    then();
    wiki.clock.advance(61_000);
    await wiki.publish(desired('eve', 1, { groups: ['Staff'] }));
    await wiki.inTime(() => wiki.members('Staff').length === 3);
    await eventually(async () => (await isInSync('ada')) && (await isInSync('bob')) && (await isInSync('eve')));
    expect(wiki.stub.dump().groups).toHaveLength(1);
  });

  it.each([
    ['removal', () => wiki.publish(desired('ada', 2))],
    ['fresh desired access', () => wiki.publish(desired('ada', 2, { groups: ['Staff'] }))],
    ['nothing', () => Promise.resolve()],
  ])('renamed by hand, with %s to do, its members are in question within a minute', async (_, publish) => {
    rename('Domain Admins');
    wiki.clock.advance(61_000);
    await publish();
    await wiki.inTime(async () => (await wiki.parked()).some(({ id }) => id === personId('bob')));
    expect([await isInSync('bob'), (await wiki.parked())[0]?.code]).toEqual([false, 'group-renamed']);
    rename('Staff');
    wiki.clock.advance(61_000);
    await wiki.inTime(() => isInSync('bob'));
    expect(await wiki.parked()).toEqual([]);
  });

  it.each([
    ['made', { create: true }],
    ['waited for', { create: false }],
  ])('deleted by hand, with nothing to do, it is %s and filled again', async (_, groups) => {
    await wiki.connect({ groups });
    remove();
    if (!groups.create) {
      // Nobody counts as in sync while the group is missing.
      await wiki.inTime(async () => {
        const codes = (await wiki.parked()).map(({ code }) => code);
        return codes.join() === 'group-missing,group-missing' && !(await isInSync('bob'));
      }, 20_000);
      make('Staff');
    }
    await wiki.inTime(
      async () => wiki.members('Staff').length === 2 && (await isInSync('ada')) && (await isInSync('bob')),
      20_000,
    );
    expect(wiki.stub.dump().groups).toHaveLength(1);
    expect(await wiki.parked()).toEqual([]);
  });

  it('is used for a minute without asking, in any case of its name', async () => {
    rename('STAFF');
    const before = wiki.stub.counters['GET'] ?? 0;
    await wiki.publish(desired('eve', 1, { groups: ['Staff'] }));
    await wiki.inSync('eve', 1);
    // Two look-ups of the account.
    expect((wiki.stub.counters['GET'] ?? 0) - before).toBe(2);
    wiki.clock.advance(61_000);
    await wiki.publish(desired('ann', 1, { groups: ['Staff'] }));
    await wiki.inSync('ann', 1);
    expect(wiki.members('STAFF')).toHaveLength(4);
  });
});

describe('a group that the application does not show when it was just made', () => {
  let wiki: Wiki;
  let isShown: boolean;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
    isShown = false;
    wiki.stub.reply = ({ method, url }) => {
      if (isShown || method === 'POST' || !url.includes('/Groups')) return null;
      const isList = url.includes('/Groups?');
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
      return isList ? { status: 200, body: { totalResults: 0 } } : { status: 404, body: { schemas, status: '404' } };
    };
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }), desired('bob', 1, { groups: ['Staff'] }));
    await eventually(() => wiki.stub.dump().groups.length === 1);
  });
  afterEach(() => wiki.stop());

  const someSeconds = async (): Promise<void> => {
    for (let seconds = 0; seconds < 20; seconds += 4) {
      wiki.clock.advance(4_000);
      await wiki.quiescence();
    }
  };
  const isFilled = (): boolean => wiki.members('Staff').join() === 'ada@corp.example,bob@corp.example';

  it.each([
    ['by the same worker', () => Promise.resolve()],
    ['by another worker, as after a restart', () => wiki.connect({ limits: { concurrency: 8 } })],
  ])('is made once, and filled, %s', async (_, restart) => {
    await someSeconds();
    await restart();
    await someSeconds();
    isShown = true;
    await wiki.inTime(isFilled);
    expect(wiki.stub.dump().groups).toHaveLength(1);
    expect(await wiki.parked()).toEqual([]);
  });

  it('is made again when it is still not there after a minute', async () => {
    wiki.stub.directory.answer('DELETE', `/Groups/${wiki.stub.dump().groups[0]?.id ?? ''}`, '');
    wiki.clock.advance(30_000);
    await wiki.quiescence();
    expect(wiki.stub.dump().groups).toEqual([]);
    isShown = true;
    await wiki.inTime(isFilled, 5_000);
  });
});
