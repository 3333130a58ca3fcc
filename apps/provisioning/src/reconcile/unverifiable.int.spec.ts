import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubReply } from '../../../../test/targets/scim-stub.js';
import { assignmentOf, desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import { some } from '../../../../test/support/some.js';

jest.setTimeout(60_000);

type Resource = Record<string, unknown>;

describe('an application that does not show everything', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  /** Every answer that shows one resource shows it so. */
  const shows = (kind: 'Users' | 'Groups', as: (resource: Resource) => Resource): void => {
    wiki.stub.reply = ({ method, url }, usual): StubReply | null => {
      const answer = usual();
      const one = method === 'GET' && new RegExp(`/${kind}/[^/?]+`).test(url) && answer.status === 200;
      return one ? { ...answer, body: as(structuredClone(answer.body as Resource)) } : answer;
    };
  };
  const without =
    (name: string) =>
    ({ [name]: _, ...rest }: Resource): Resource =>
      rest;
  const unverified = async (): Promise<Record<string, unknown>[]> =>
    (await wiki.call('GET', '/connectors/wiki/unverified-removals')).body.items;
  const removals = async (): Promise<unknown[]> =>
    (await wiki.results())
      .filter(({ body }) => body.verified !== undefined)
      .map(({ body }) => [body.kind, body.verified, body.verifiable]);
  const granted = async (): Promise<void> => {
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }), desired('bob', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);
  };

  it.each([
    ['never', without('members')],
    ['as null', (group: Resource) => ({ ...group, members: null })],
    ['as an empty list', (group: Resource) => ({ ...group, members: [] })],
  ])('members %s: a removal is listed apart until a person confirms it', async (_, as) => {
    shows('Groups', as);
    await granted();
    await wiki.publish(desired('ada', 2));
    await wiki.inSync('ada', 2);
    expect(wiki.members('Staff')).toEqual(['bob@corp.example']);
    expect(await removals()).toEqual([['remove-member', false, false]]);
    const [listed, ...more] = await unverified();
    expect([listed, more]).toMatchObject([
      { kind: 'remove-member', person: { id: personId('ada') }, application: { id: 'wiki' }, group: 'Staff' },
      [],
    ]);
    const gauge = async (): Promise<number> =>
      Number(/^hub_removals_unverified\{.*connector="wiki".*\} (.*)$/m.exec(await wiki.metrics())?.[1]);
    expect(await gauge()).toBe(1);
    const path = `/connectors/wiki/unverified-removals/${String(listed?.['id'])}/confirm`;
    expect((await wiki.call('POST', path)).status).toBe(204);
    expect(await gauge()).toBe(0);
    expect([await unverified(), (await wiki.call('POST', path)).status]).toEqual([[], 404]);
    const told = (await wiki.results()).at(-1);
    expect(told).toMatchObject({
      type: 'hub.provisioning.membership.removed.v1',
      body: { verified: true, group: 'Staff', because: [assignmentOf('ada')], confirmedBy: expect.any(String) },
    });
  });

  it.each([
    ['never', without('active'), null],
    ['as null', (user: Resource) => ({ ...user, active: null }), null],
    ['as text', (user: Resource) => ({ ...user, active: user['active'] === true ? 'True' : 'False' }), true],
    ['under another case', ({ active, ...user }: Resource) => ({ ...user, Active: active }), true],
  ])('shows active %s: a leaver is done with, and says whether it could be seen', async (_, as, verified) => {
    shows('Users', as);
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toMatchObject([{ active: false }]);
    expect(await removals()).toEqual([
      verified === true ? ['disable-account', true, undefined] : ['disable-account', false, false],
    ]);
    expect(await unverified()).toHaveLength(verified === true ? 0 : 1);
  });

  it('members of its own that it counts in numbers, under another case, are seen', async () => {
    wiki.stub.directory.numericIds = true;
    shows('Groups', ({ members, ...group }) => ({
      ...group,
      Members: (members as { value: string }[]).map(({ value }) => ({ Value: Number(value) })),
    }));
    await wiki.publish(desired('bob', 1, { groups: ['Staff'] }), desired('eve', 1, { groups: ['Staff'] }));
    await wiki.inSync('bob', 1);
    await wiki.inSync('eve', 1);
    await wiki.publish(leaver('bob', 2));
    await wiki.inSync('bob', 2);
    expect(await removals()).toEqual([
      ['disable-account', true, undefined],
      ['remove-member', true, undefined],
    ]);
    expect(wiki.members('Staff')).toEqual(['eve@corp.example']);
  });

  it('the last member of a group is seen to leave by an application that has shown members', async () => {
    shows('Groups', ({ members, ...group }) => ((members as unknown[]).length === 0 ? group : { ...group, members }));
    await granted();
    for (const name of ['ada', 'bob']) {
      await wiki.publish(leaver(name, 2));
      await wiki.inSync(name, 2);
    }
    expect(some(await removals()).every((one) => (one as unknown[])[1] === true)).toBe(true);
  });

  it('no single accounts at all: a deletion counts as done, not as verified', async () => {
    await wiki.connect({ deprovision: { onLeave: 'delete' } });
    wiki.stub.reply = ({ method, url }) =>
      method === 'GET' && /\/Users\/[^/?]+/.test(url) ? { status: 404, body: { schemas: [], status: '404' } } : null;
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toEqual([]);
    expect(await removals()).toEqual([['delete-account', false, false]]);
  });

  it('a removal that is given again need not be confirmed any more', async () => {
    shows('Groups', without('members'));
    await granted();
    await wiki.publish(desired('ada', 2));
    await wiki.inSync('ada', 2);
    await wiki.publish(desired('ada', 3, { groups: ['Staff'] }));
    await wiki.inSync('ada', 3);
    expect(await unverified()).toEqual([]);
  });

  it('an answer that shows an account as inactive, which somebody disabled, is reported and waits for a person', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    const [user] = wiki.stub.dump().users;
    if (user !== undefined) user.active = false;
    wiki.stub.reply = ({ method }, usual) => {
      const answer = usual();
      return method === 'PATCH' ? { status: 200, body: wiki.stub.dump().users[0] ?? {} } : answer;
    };
    await wiki.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' } }));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ code: 'inactive' }]);
    expect((await wiki.results()).at(-1)).toMatchObject({
      type: 'hub.provisioning.drift.detected.v1',
      body: { kind: 'lookup', code: 'inactive', identity: personId('ada') },
    });
    await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`);
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toMatchObject([{ active: true, displayName: 'Ada King' }]);
  });
});
