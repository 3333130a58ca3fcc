import { jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import { desired, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import { type PreviewedWiki, previewsOf } from './previews.fixtures.js';

jest.setTimeout(60_000);

const matching = [{ target: 'userName', source: 'userName' }];
const nonPersons = [{ kind: 'service', filter: 'userName sw "svc-"' }];

/** Ada, Bob and Cy have accounts and are released; the other accounts are nobody's. */
describe('what a release takes away', () => {
  let wiki: Wiki;
  let on: PreviewedWiki;
  const writes: string[] = [];
  const ids: Record<string, string> = {};
  let staff: string;

  const members = (): readonly string[] => wiki.members('Staff').map((one) => one.replace('@corp.example', ''));
  const activeOf = (name: string): boolean | undefined =>
    wiki.stub.dump().users.find(({ id }) => id === ids[name])?.active;
  const ask = (body: object): Promise<ServiceAnswer> => wiki.call('POST', '/connectors/wiki/preview', body);
  const operators = async (): Promise<object[]> => (await wiki.published(topics.operators)).map(({ body }) => body);
  /** Somebody adds an account by hand, later than everything that the hub wrote. */
  const hold = (name: string): void => {
    const Operations = [{ op: 'add', path: 'members', value: [{ value: ids[name] }] }];
    wiki.stub.directory.answer('PATCH', `/Groups/${staff}`, JSON.stringify({ Operations }));
    wiki.clock.advance(1_000);
  };

  beforeAll(async () => {
    wiki = await runningWiki();
    on = previewsOf(wiki);
    for (const name of ['ada', 'bob', 'cy', 'old-1', 'old-2', 'old-3', 'svc-backup']) ids[name] = on.add(name);
    staff = on.group('Staff', ...['ada', 'bob', 'old-1', 'svc-backup'].map((name) => ids[name] ?? ''));
    await wiki.publish(...['ada', 'bob', 'cy', 'zed'].map((name) => person(name)));
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }), desired('bob', 1), desired('cy', 1));
    await on.known(4, 3);
    await wiki.connect({ mode: 'observe', matching, nonPersons });
    await on.read();
    wiki.stub.reply = ({ method, url }) => {
      if (method !== 'GET') writes.push(`${method} ${decodeURIComponent(url).replace(/^.*\/scim\/v2/, '')}`);
      return null;
    };
  });
  afterAll(() => wiki.stop());
  beforeEach(() => {
    writes.length = 0;
  });

  it('is nothing while the connector observes', async () => {
    for (const body of [{ orphans: {} }, { authoritative: [{ group: 'Staff' }] }])
      expect((await ask(body)).body).toMatchObject({ status: 409, code: 'connector.observes' });
    const all = await on.preview();
    await on.release(all.id);
    await on.released(all.id);
    await on.allDone();
    expect(members()).toEqual(['ada', 'bob', 'old-1', 'svc-backup']);
  });

  it.each([
    ['an entry that names nothing', { authoritative: [{}] }, '/authoritative/0'],
    ['an entry that names two', { authoritative: [{ group: 'a', role: 'b' }] }, '/authoritative/0'],
    ['the same twice', { authoritative: [{ group: 'a' }, { group: 'a' }] }, '/authoritative/1'],
    ['nothing to be authoritative', { authoritative: [] }, '/authoritative'],
    ['two choices', { orphans: {}, authoritative: [{ group: 'a' }] }, '/authoritative'],
    ['a filter that is none', { orphans: { filter: 'userName like "x"' } }, '/orphans/filter'],
    ['an attribute that no orphan has', { orphans: { filter: 'salary gt 5' } }, '/orphans/filter'],
    ['a filter beside a list', { orphans: { filter: 'userName pr', accounts: ['x'] } }, '/orphans/accounts'],
  ])('is refused for %s', async (_, body, pointer) => {
    expect((await ask(body)).body).toMatchObject({ code: 'invalid_input', errors: [{ pointer }] });
  });

  it('is the accounts of nobody known, disabled after an owner released them, and no others', async () => {
    const some = await on.preview({ orphans: { filter: 'userName sw "old-" and not (userName sw "old-3")' } });
    expect(some).toMatchObject({ counts: { people: 2, disables: 2 }, purpose: { of: 'orphans' } });
    const items = [...(await on.items(some.id)).values()];
    expect(items.map((one) => [one.effect, (one as unknown as { account: string }).account]).sort()).toEqual(
      [ids['old-1'], ids['old-2']].map((id) => ['disable', id]).sort(),
    );
    await wiki.quiescence();
    expect(writes).toEqual([]);
    expect((await on.release(some.id, { roles: ['requester'] })).body).toMatchObject({ code: 'connector.not_owner' });
    await on.release(some.id);
    await on.released(some.id);
    await eventually(() => activeOf('old-1') === false && activeOf('old-2') === false);
    await on.allDone();
    expect(writes.sort()).toEqual([ids['old-1'], ids['old-2']].map((id) => `PATCH /Users/${id}`).sort());
    expect([activeOf('old-3'), activeOf('svc-backup'), activeOf('ada')]).toEqual([true, true, true]);
    expect(await operators()).toContainEqual(expect.objectContaining({ preview: some.id, reason: 'the owner agreed' }));
  });

  it('is told as before afterwards: the account is nobody’s still, and disabled', async () => {
    await on.read();
    const path = `/connectors/wiki/observed-accounts?filter=account eq "${ids['old-1']}"`;
    const [shown] = (await wiki.call('GET', path)).body.items;
    expect(shown).toMatchObject({ classification: 'person-without-match', identity: null, active: false });
    const rest = await on.preview({ orphans: {} });
    expect(rest.counts).toMatchObject({ disables: 1 });
  });

  it('is over for an account of which somebody says later whose it is: who enables it is not overruled', async () => {
    const decision = {
      account: ids['old-2'],
      decision: 'person',
      identity: personId('zed'),
      reason: 'his from before',
    };
    expect((await wiki.call('POST', '/connectors/wiki/observed-accounts/decisions', decision)).status).toBe(200);
    const account = wiki.stub.dump().users.find(({ id }) => id === ids['old-2']);
    if (account !== undefined) account.active = true;
    wiki.clock.advance(1_000);
    await on.read();
    await wiki.quiescence();
    expect([writes, activeOf('old-2')]).toEqual([[], true]);
    const again = wiki.stub.dump().users.find(({ id }) => id === ids['old-1']);
    if (again !== undefined) again.active = true;
    wiki.clock.advance(1_000);
    await on.read();
    await eventually(() => activeOf('old-1') === false);
    await on.allDone();
  });

  it('leaves out an account of which somebody said meanwhile whose it is', async () => {
    const made = await on.preview({ orphans: { accounts: [ids['old-3']] } });
    const decision = { account: ids['old-3'], decision: 'not-a-person', kind: 'shared', reason: 'the front desk' };
    expect((await wiki.call('POST', '/connectors/wiki/observed-accounts/decisions', decision)).status).toBe(200);
    await on.release(made.id);
    await on.released(made.id);
    expect(await on.state(made.id)).toMatchObject({ done: 0, leftOut: 1 });
    await wiki.quiescence();
    expect([writes, activeOf('old-3')]).toEqual([[], true]);
  });

  it('is what accounts hold of an authoritative group and should not, also those of nobody known that were released', async () => {
    const made = await on.preview({ authoritative: [{ group: 'Staff' }] });
    expect(made).toMatchObject({ counts: { people: 2, removes: 2 }, purpose: { of: 'authority' } });
    expect((await on.items(made.id)).get(personId('bob'))).toMatchObject({
      effect: 'update',
      removes: [{ group: 'Staff' }],
    });
    await wiki.quiescence();
    expect(writes).toEqual([]);
    await on.release(made.id);
    await on.released(made.id);
    await eventually(() => !members().includes('bob') && !members().includes('old-1'));
    await on.allDone();
    expect(members()).toEqual(['ada', 'svc-backup']);
    expect(await on.state(made.id)).toMatchObject({ done: 2, leftOut: 0, next: null });
    expect((await wiki.call('GET', '/connectors/wiki')).body).toMatchObject({ authoritative: [{ group: 'Staff' }] });
    expect(await operators()).toContainEqual(expect.objectContaining({ authoritative: [{ group: 'Staff' }] }));
  });

  it('is from then on also who is added by hand, at the next reading', async () => {
    hold('cy');
    await on.read();
    await eventually(() => !members().includes('cy'));
    await on.allDone();
    expect(members()).toEqual(['ada', 'svc-backup']);
  });

  it('is only what the hub gave again, once authority is withdrawn', async () => {
    const withdrawn = { entitlements: [{ group: 'Staff' }], reason: 'The vendor adds people, too' };
    const path = '/connectors/wiki/withdraw-authority';
    const refused = await wiki.call('POST', path, withdrawn, { roles: ['requester'] });
    expect(refused.body).toMatchObject({ code: 'connector.not_owner' });
    expect((await wiki.call('POST', path, withdrawn)).body).toMatchObject({ authoritative: [] });
    expect(await operators()).toContainEqual(expect.objectContaining(withdrawn));
    // What was taken before is shown as over, so that the next addition is another difference.
    await on.read();
    hold('cy');
    await on.read();
    await wiki.quiescence();
    expect(members()).toContain('cy');
    const { items } = (await wiki.call('GET', '/connectors/wiki/drift?filter=state eq "open"')).body;
    expect(items).toContainEqual(expect.objectContaining({ code: 'membership-added', about: 'group:Staff' }));
  });
});
