import { jest } from '@jest/globals';
import { accessObserved, type AccessObservedMessage } from '#libs/contracts/observed-access.js';
import { eventually } from '../../../../test/support/eventually.js';
import { application, desired, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('what readings of an application show of people', () => {
  let wiki: Wiki;
  let group = '';
  const ids = new Map<string, string>();

  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.publish(application(), ...['ada', 'bob', 'cy'].map((name) => person(name)));
    for (const name of ['ada', 'bob', 'stranger'])
      ids.set(name, wiki.stub.directory.addUser({ userName: `${name}@corp.example`, active: true }).id);
    const { body } = wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName: 'Editors' }));
    group = (body as { id: string }).id;
    patch('add', 'members', [{ value: ids.get('ada') }]);
    await wiki.connect({ mode: 'observe' });
    await eventually(async () => (await wiki.db.query('select 1 from known_person')).length === 3);
  });
  afterAll(() => wiki.stop());

  const patch = (op: string, path: string, value?: unknown): void =>
    void wiki.stub.directory.answer('PATCH', `/Groups/${group}`, JSON.stringify({ Operations: [{ op, path, value }] }));
  const read = async (): Promise<string> => {
    wiki.clock.advance(60_000);
    const { id } = (await wiki.call('POST', '/connectors/wiki/reconcile', {})).body as { id: string };
    await eventually(
      async () => (await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body.status === 'completed',
    );
    return id;
  };
  const said = async (): Promise<AccessObservedMessage[]> =>
    (await wiki.results())
      .filter(({ type }) => type === accessObserved)
      .map(({ body }) => body as unknown as AccessObservedMessage);
  const saidOf = async (name: string): Promise<AccessObservedMessage[]> =>
    (await said()).filter(({ identity }) => identity === personId(name));

  it('are said by person, as found and since unknown, once the reading is complete', async () => {
    const reading = await read();
    const found = { origin: 'as-found', sinceUnknown: true, firstSeenAt: expect.any(String) };
    expect(await saidOf('ada')).toEqual([
      {
        connector: 'wiki',
        application: 'wiki',
        identity: personId('ada'),
        account: ids.get('ada'),
        reading,
        readAt: expect.any(String),
        entitlements: [
          { account: true, ...found },
          { group: 'Editors', ...found },
        ],
      },
    ]);
    expect(await saidOf('bob')).toHaveLength(1);
    expect(await saidOf('cy')).toEqual([]);
  });

  it('are not said again while nothing differs', async () => {
    await read();
    expect(await said()).toHaveLength(2);
  });

  it('are said again without what is gone, and with what is there since then', async () => {
    patch('remove', `members[value eq "${ids.get('ada') ?? ''}"]`);
    patch('add', 'members', [{ value: ids.get('bob') }]);
    await read();
    expect((await saidOf('ada')).at(-1)?.entitlements).toEqual([
      expect.objectContaining({ account: true, sinceUnknown: true }),
    ]);
    expect((await saidOf('bob')).at(-1)?.entitlements).toContainEqual(
      expect.objectContaining({ group: 'Editors', origin: 'as-found', sinceUnknown: false }),
    );
  });

  it('are nothing any more where the account is deleted, or is nobody’s', async () => {
    wiki.stub.directory.answer('DELETE', `/Users/${ids.get('ada') ?? ''}`, '');
    const account = ids.get('bob');
    const body = { account, decision: 'not-a-person', kind: 'service', reason: 'Runs the backup' };
    await wiki.call('POST', '/connectors/wiki/observed-accounts/decisions', body);
    await read();
    for (const name of ['ada', 'bob'])
      expect((await saidOf(name)).at(-1)).toMatchObject({ account: null, entitlements: [] });
  });

  it('are the hub’s where the hub made the account, and from outside where somebody added to it', async () => {
    await wiki.call('POST', '/connectors/wiki/release', { reason: 'The owner agreed' });
    await wiki.publish(desired('cy', 1, { groups: ['Writers'] }));
    await wiki.inSync('cy', 1);
    const [cy] = wiki.users('cy');
    patch('add', 'members', [{ value: cy?.id }]);
    await read();
    const entitlements = (await saidOf('cy')).at(-1)?.entitlements ?? [];
    expect(entitlements.map(({ origin, ...one }) => [origin, 'group' in one ? one.group : 'account'])).toEqual([
      ['hub', 'account'],
      ['outside', 'Editors'],
      ['hub', 'Writers'],
    ]);
  });
});
