import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

type Desired = PublicMessage<DesiredAccessMessage>;

/** The same decision, told with these attributes of the person, as another document of the connector reads them. */
function told(message: Desired, sources: readonly string[], more: Readonly<Record<string, unknown>> = {}): Desired {
  const [account] = message.body.accounts;
  if (account === undefined) throw new Error('an account is desired');
  const told = { ...account, sources, attributes: { ...account.attributes, ...more } };
  return { ...message, body: { ...message.body, accounts: [told] } };
}

const byDefault = ['displayName', 'email', 'familyName', 'givenName', 'id', 'userName'];
const withTitle = [...byDefault, 'jobTitle'].sort();
const names = ['ada', 'bob', 'carl'];

describe('an account that waits for a person, when more or less of its person is told', () => {
  let wiki: Wiki;
  let posts: number;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect();
    wiki.stub.reply = ({ method }) =>
      method === 'POST' ? { status: 422, body: { status: '422', detail: 'no department' } } : null;
    await wiki.publish(...names.map((name) => told(desired(name, 1), byDefault)));
    await eventually(async () => (await wiki.parked()).length === names.length);
    await wiki.quiescence();
    posts = wiki.stub.counters['POST'] ?? 0;
  });
  afterAll(() => wiki.stop());

  const rowOf = async (identity: string): Promise<{ dirty: boolean; sequence: number } | undefined> => {
    const sql = 'select dirty, sequence from desired where identity_id = $1';
    return (await wiki.db.query<{ dirty: boolean; sequence: number }>(sql, [identity]))[0];
  };
  /** Each message is read by itself: of several at once only the newest counts. */
  const tell = async (...messages: readonly Desired[]): Promise<void> => {
    await wiki.publish(...messages);
    for (const { body, sequence } of messages)
      await eventually(async () => (await rowOf(body.identity))?.sequence === sequence);
  };

  it('stays parked, with code, words and since when, and nobody is asked again', async () => {
    const before = await wiki.parked();
    wiki.clock.advance(60_000);
    await tell(...names.map((name) => told(desired(name, 2), withTitle, { jobTitle: 'Clerk' })));
    await tell(...names.map((name) => told(desired(name, 3), byDefault)));
    await wiki.quiescence();
    expect(await wiki.parked()).toEqual(before);
    for (const one of some(before)) expect(one).toMatchObject({ code: 'validation' });
    expect(wiki.stub.counters['POST']).toBe(posts);
  });

  it('stays dismissed', async () => {
    expect((await wiki.call('POST', `/connectors/wiki/parked/${personId('bob')}/dismiss`)).status).toBe(204);
    await tell(told(desired('bob', 4), withTitle, { jobTitle: 'Clerk' }));
    await wiki.quiescence();
    expect((await wiki.parked()).map(({ id }) => id).sort()).toEqual([personId('ada'), personId('carl')].sort());
    expect([(await rowOf(personId('bob')))?.dirty, wiki.stub.counters['POST']]).toEqual([false, posts]);
  });

  it('is tried again when something else is decided, or the person changed', async () => {
    await wiki.publish(told(desired('ada', 4, { groups: ['Staff'] }), withTitle, { jobTitle: 'Clerk' }));
    await eventually(() => (wiki.stub.counters['POST'] ?? 0) === posts + 1);
    await wiki.publish(told(desired('carl', 4), byDefault, { familyName: 'King' }));
    await eventually(() => (wiki.stub.counters['POST'] ?? 0) === posts + 2);
    wiki.stub.reply = () => null;
    await wiki.publish(told(desired('ada', 5), byDefault));
    await wiki.inSync('ada', 5);
    expect(wiki.users('ada')).toHaveLength(1);
  });
});
