import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import { rehearsalMark } from './rehearsal.js';
import type { RehearsalView } from './rehearsals.store.js';

jest.setTimeout(60_000);

describe('a rehearsal', () => {
  let wiki: Wiki;

  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  const group = (displayName: string): void =>
    void wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName }));
  const rehearse = async (body: object = {}): Promise<RehearsalView> => {
    const { status, headers } = await wiki.call('POST', '/connectors/wiki/rehearse', body);
    expect(status).toBe(202);
    return await over(headers.get('location')?.replace('/provisioning/v1', '') ?? '');
  };
  const over = async (path: string): Promise<RehearsalView> => {
    const get = async (): Promise<RehearsalView> => (await wiki.call('GET', path)).body;
    await eventually(async () => (await get()).status !== 'running');
    return await get();
  };
  const outcomes = ({ steps }: RehearsalView): string[] => steps.map(({ name, outcome }) => `${name} ${outcome}`);
  const marked = (): number =>
    wiki.stub.dump().users.filter(({ userName }) => userName?.startsWith(rehearsalMark) === true).length;

  it('takes a marked account through every step, reads each back, and leaves nothing', async () => {
    group('staff');
    await wiki.connect({ mode: 'observe' });
    const done = await rehearse({ group: 'staff' });
    expect(outcomes(done)).toEqual([
      ...['values done', 'absent done', 'create done', 'update done', 'group done', 'role skipped'],
      ...['disable done', 'enable done', 'delete done'],
    ]);
    expect([done.status, done.leftOver, marked(), wiki.members('staff')]).toEqual(['completed', null, 0, []]);
    const shows = done.steps
      .filter(({ detail }) => detail.includes('the application shows it'))
      .map(({ name }) => name);
    expect(shows).toEqual(['create', 'update', 'group', 'disable', 'enable', 'delete']);
    const disabled = done.steps.find(({ name }) => name === 'disable');
    expect(disabled?.requests.map(({ method }) => method)).toEqual(expect.arrayContaining(['PATCH', 'GET']));
  });

  it('is in no list of accounts, exposures or cases, and counts nowhere', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await rehearse();
    const read = await wiki.call('POST', '/connectors/wiki/reconcile', {});
    await eventually(
      async () =>
        (await wiki.call('GET', `/connectors/wiki/readings/${read.body.id as string}`)).body.status === 'completed',
    );
    const lists = ['/connectors/wiki/accounts', '/connectors/wiki/observed-accounts', '/exposures', '/cases'];
    const shown = await Promise.all(lists.map(async (path) => (await wiki.call('GET', path)).text));
    expect(shown.filter((text) => text.includes(rehearsalMark))).toEqual([]);
    const operations = await wiki.call('GET', '/connectors/wiki/operations');
    const identities = new Set((operations.body.items as { identity: string }[]).map(({ identity }) => identity));
    expect([...identities]).toEqual([personId('ada')]);
  });

  it('finds out an application that answers 200 and does nothing, and still removes its account', async () => {
    await wiki.connect();
    wiki.stub.reply = ({ method, url, body }) => {
      if (method !== 'PATCH' || !url.includes('/Users/') || !body.includes('false')) return null;
      const id = url.slice(url.lastIndexOf('/') + 1);
      const { body: user } = wiki.stub.directory.answer('GET', `/Users/${id}`, '');
      return { status: 200, body: { ...(user as object), active: false } };
    };
    const done = await rehearse();
    const disabled = done.steps.find(({ name }) => name === 'disable');
    expect([done.status, disabled?.outcome, disabled?.detail]).toEqual([
      'failed',
      'failed',
      'answered 200, and the application shows otherwise',
    ]);
    expect([done.leftOver, marked()]).toEqual([null, 0]);
  });

  it('names what it could not remove', async () => {
    await wiki.connect();
    wiki.stub.reply = ({ method }) => (method === 'DELETE' ? { status: 405, body: { detail: 'never' } } : null);
    const done = await rehearse();
    expect([done.status, done.steps.at(-1)?.outcome]).toEqual(['failed', 'failed']);
    expect(done.leftOver).toContain(rehearsalMark);
    expect(marked()).toBe(1);
  });

  it('removes what a process left behind that ended in the middle', async () => {
    await wiki.connect({ mode: 'observe' });
    const id = '0190a2c4-5f3a-7000-8000-000000000009';
    const userName = `${rehearsalMark}000000000009@example.com`;
    wiki.stub.directory.addUser({ userName, externalId: id, active: true });
    wiki.stub.directory.addUser({ userName: 'real@corp.example', active: true });
    await wiki.db.query(
      `insert into rehearsal (id, connector, user_name, terms, asked_by, asked_at, begun_at, status)
       values ($1::uuid, 'wiki', $2, '{"group":null,"role":null,"attributes":{}}', $1, now(), now(), 'running')`,
      [id, userName],
    );
    const done = await over(`/connectors/wiki/rehearsals/${id}`);
    expect([done.status, done.leftOver, wiki.stub.dump().users.map((user) => user.userName)]).toEqual([
      'failed',
      null,
      ['real@corp.example'],
    ]);
  });

  it('is refused where people make the changes, and for attributes that nobody has', async () => {
    await wiki.connect();
    const wrong = await wiki.call('POST', '/connectors/wiki/rehearse', { attributes: { shoeSize: 43 } });
    expect(wrong.body).toMatchObject({ status: 400, errors: [{ pointer: '/attributes/shoeSize' }] });
    const paused = await wiki.call('POST', '/connectors/wiki/pause', {});
    expect(paused.status).toBeLessThan(300);
    expect((await wiki.call('POST', '/connectors/wiki/rehearse', {})).body).toMatchObject({ code: 'connector.paused' });
  });
});
