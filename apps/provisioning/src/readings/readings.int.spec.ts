import { jest } from '@jest/globals';
import { readingEnded } from '#libs/contracts/readings.js';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import { some } from '../../../../test/support/some.js';
import { desired } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

interface Reading {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly [field: string]: unknown;
}

describe('a reading of an application', () => {
  let wiki: Wiki;
  /** Every request that the application got, but those of the service's own probes. */
  const requests: string[] = [];

  beforeAll(async () => {
    wiki = await runningWiki();
    wiki.stub.onRequest = (method, url) => void requests.push(`${method} ${url}`);
    for (let n = 1; n <= 250; n += 1) add(`person${n}`);
    await wiki.connect({ mode: 'observe' });
  });
  afterAll(() => wiki.stop());
  beforeEach(() => {
    wiki.stub.reply = () => null;
  });

  const add = (name: string): string =>
    wiki.stub.directory.addUser({ userName: `${name}@corp.example`, externalId: `hr-${name}`, active: true }).id;
  const remove = (id: string): void => void wiki.stub.directory.answer('DELETE', `/Users/${id}`, '');
  const idOf = (name: string): string => wiki.users(name)[0]?.id ?? '';
  const ask = (body: object = {}): Promise<ServiceAnswer> => wiki.call('POST', '/connectors/wiki/reconcile', body);
  const read = async (body: object = {}): Promise<Reading> => {
    const { status, body: asked, headers } = await ask(body);
    expect([status, headers.get('location')]).toEqual([
      202,
      `/provisioning/v1/connectors/wiki/readings/${(asked as Reading).id}`,
    ]);
    const found = { reading: asked as Reading };
    await eventually(async () => {
      found.reading = (await wiki.call('GET', `/connectors/wiki/readings/${found.reading.id}`)).body as Reading;
      return found.reading.status !== 'running';
    });
    return found.reading;
  };
  const rowsAsWritten = async (): Promise<string> => {
    const [row] = await wiki.db.query<{ text: string }>(
      `select md5(string_agg(xmin::text || account_id, ',' order by account_id)) as text from observed_account`,
    );
    return row?.text ?? '';
  };

  it('shows all accounts page by page, and says how it went', async () => {
    expect(await read()).toMatchObject({
      status: 'completed',
      accounts: 250,
      added: 250,
      changed: 0,
      missing: 0,
      expected: 0,
      reason: null,
    });
    const { items } = (await wiki.call('GET', '/connectors/wiki/readings')).body as { items: Reading[] };
    expect(items.map(({ status }) => status)).toEqual(['completed']);
  });

  it('tells others that it ended, and what it showed', async () => {
    const ended = async (): Promise<object[]> =>
      (await wiki.published(topics.results)).filter(({ type }) => type === readingEnded).map(({ body }) => body);
    await eventually(async () => (await ended()).length > 0);
    expect((await ended())[0]).toMatchObject({
      connector: 'wiki',
      applications: ['wiki'],
      status: 'completed',
      accounts: 250,
      holdingsComplete: true,
    });
  });

  it('writes no account again that is as before', async () => {
    const before = await rowsAsWritten();
    expect(await read()).toMatchObject({ status: 'completed', accounts: 250, added: 0, changed: 0, expected: 250 });
    expect(await rowsAsWritten()).toBe(before);
  });

  it('tells what changed, is new, is gone and came back', async () => {
    const user = wiki.users('person1')[0];
    if (user !== undefined) user.active = false;
    add('person251');
    const gone = wiki.users('person2')[0];
    remove(idOf('person2'));
    const reading = await read();
    expect(reading).toMatchObject({ status: 'completed', added: 1, changed: 1, missing: 1, accounts: 250 });
    expect(reading['notShown']).toEqual([gone?.id]);
    const missing = await wiki.call('GET', '/connectors/wiki/observed-accounts?filter=missing eq true');
    expect(missing.body.items.map(({ account }: { account: string }) => account)).toEqual([gone?.id]);
    if (gone !== undefined) wiki.stub.directory.restore(gone);
    expect(await read()).toMatchObject({ status: 'completed', returned: 1, missing: 0, accounts: 251 });
  });

  it('is held when it lost a fifth of the accounts, and nothing counts as gone until somebody confirms it', async () => {
    const lost = wiki.stub.dump().users.slice(0, 60);
    for (const { id } of some(lost)) remove(id);
    const held = await read();
    expect(held).toMatchObject({ status: 'held', reason: 'lost-accounts', missing: 60, expected: 251 });
    expect(held['detail']).toContain('"confirm": 60');
    const missing = await wiki.call('GET', '/connectors/wiki/observed-accounts?filter=missing eq true');
    expect(missing.body.items).toEqual([]);
    expect(await read({ confirm: 59 })).toMatchObject({ status: 'held' });
    for (const user of some(lost.slice(0, 30))) wiki.stub.directory.restore(user);
    expect(await read({ confirm: 60 })).toMatchObject({ status: 'completed', missing: 30, confirmed: 60 });
    for (const user of some(lost.slice(30))) wiki.stub.directory.restore(user);
    expect(await read()).toMatchObject({ status: 'completed', returned: 30 });
  });

  it('is held when an account is not in the list that can be read by its id', async () => {
    const hidden = idOf('person7');
    wiki.stub.reply = ({ url }) => {
      if (!url.includes('/Users?')) return null;
      const query = new URL(url, 'http://stub').searchParams;
      const shown = wiki.stub.dump().users.filter(({ id }) => id !== hidden);
      const from = Number(query.get('startIndex') ?? 1) - 1;
      const Resources = shown.slice(from, from + Number(query.get('count') ?? 100));
      return { status: 200, body: { totalResults: shown.length, itemsPerPage: Resources.length, Resources } };
    };
    const reading = await read();
    expect(reading).toMatchObject({ status: 'held', reason: 'known-account-missing', notShown: [hidden] });
  });

  it.each([
    ['counts wrongly', { totalResults: 400 }],
    ['is cut', { Resources: [] }],
  ])('is held when the list %s', async (_, change) => {
    let page = 0;
    wiki.stub.reply = ({ url }, usual) => {
      if (!url.includes('/Users?')) return null;
      page += 1;
      const { body } = usual() as { body: object };
      return { status: 200, body: page >= 2 ? { ...body, ...change } : body };
    };
    expect(await read()).toMatchObject({ status: 'held', reason: 'incomplete' });
    wiki.stub.reply = () => null;
    const missing = await wiki.call('GET', '/connectors/wiki/observed-accounts?filter=missing eq true');
    expect(missing.body.items).toEqual([]);
  });

  it('is held when the list goes in a circle', async () => {
    wiki.stub.reply = ({ url }, usual) => {
      if (!url.includes('/Users?')) return null;
      const { body } = usual() as { body: { totalResults: number } };
      return { status: 200, body: { ...(body as object), totalResults: 100_000, ...circle(url) } };
    };
    const circle = (url: string): object => {
      const from = Number(new URL(url, 'http://stub').searchParams.get('startIndex') ?? 1);
      const users = wiki.stub.dump().users;
      const Resources = Array.from({ length: 100 }, (_, n) => users[(from - 1 + n) % users.length]);
      return { Resources, itemsPerPage: 100 };
    };
    expect(await read()).toMatchObject({ status: 'held', reason: 'shown-twice' });
  });

  it('fails when the application refuses the credentials, in its words', async () => {
    wiki.stub.reply = () => ({ status: 401, body: { detail: 'token expired' } });
    const reading = await read();
    expect(reading).toMatchObject({ status: 'failed', reason: null });
    expect(reading['detail']).not.toBe('');
  });

  it('goes on where a page failed for a moment', async () => {
    let failed = 0;
    wiki.stub.reply = ({ url }) => {
      if (!url.includes('startIndex') || failed >= 2) return null;
      failed += 1;
      return { status: 503, body: { detail: 'not now' } };
    };
    expect(await read()).toMatchObject({ status: 'completed', accounts: 251 });
    expect(failed).toBe(2);
  });

  it('shows who holds which groups', async () => {
    const directory = wiki.stub.directory;
    const { body } = directory.answer('POST', '/Groups', JSON.stringify({ displayName: 'Editors' }));
    const { id } = body as { id: string };
    const members = ['person3', 'person4'].map((name) => ({ value: idOf(name) }));
    const patch = (op: string, path: string, value?: unknown): void =>
      void directory.answer('PATCH', `/Groups/${id}`, JSON.stringify({ Operations: [{ op, path, value }] }));
    patch('add', 'members', members);
    expect(await read()).toMatchObject({ status: 'completed', holdings: 2 });
    const holds = async (name: string): Promise<unknown> =>
      (await wiki.call('GET', `/connectors/wiki/observed-accounts?filter=account eq "${idOf(name)}"`)).body.items[0]
        .holds;
    expect(await holds('person3')).toEqual([{ kind: 'group', id, name: 'Editors' }]);
    patch('remove', `members[value eq "${idOf('person3')}"]`);
    expect(await read()).toMatchObject({ holdings: 1 });
    expect(await holds('person3')).toEqual([]);
    expect(await holds('person4')).toEqual([{ kind: 'group', id, name: 'Editors' }]);
  });

  it('never wrote anything while the connector observed', async () => {
    await wiki.publish(desired('person5', 1, { groups: ['Editors'] }), desired('nobody', 1));
    await read();
    expect(some(requests).filter((one) => !one.startsWith('GET '))).toEqual([]);
  });

  const coverage = async (): Promise<{ state: string; gaps: unknown[]; [field: string]: unknown }> =>
    (await wiki.call('GET', '/connectors/wiki')).body.coverage as never;
  const listed = async (): Promise<Reading[]> =>
    ((await wiki.call('GET', '/connectors/wiki/readings?limit=500')).body as { items: Reading[] }).items;

  it('says with the connector and with each account what was read, and when', async () => {
    const reading = await read();
    expect(await coverage()).toMatchObject({
      state: 'complete',
      since: expect.any(String),
      lastComplete: { id: reading.id, startedAt: reading['startedAt'], accounts: 251 },
      gaps: [],
      nextReadingAt: null,
    });
    const query = `?filter=account eq "${idOf('person5')}"`;
    const shown = (await wiki.call('GET', `/connectors/wiki/observed-accounts${query}`)).body.items[0];
    expect(shown.coverage).toEqual({ state: 'shown', readAt: reading['startedAt'], missingSince: null, gaps: [] });
    const accounts = (await wiki.call('GET', '/connectors/wiki/accounts')).body.items as { coverage: object }[];
    expect(some(accounts.map((one) => one.coverage))).toContainEqual(
      expect.objectContaining({ state: 'no-account', readAt: reading['startedAt'] }),
    );
    wiki.stub.reply = () => ({ status: 401, body: { detail: 'token expired' } });
    await read();
    expect(await coverage()).toMatchObject({
      state: 'gaps',
      lastComplete: { id: reading.id },
      gaps: [{ what: 'accounts', reason: 'failed', since: reading['startedAt'] }],
    });
  });

  it('is made by the schedule, in the hours that the window leaves', async () => {
    await read();
    const before = (await listed()).length;
    const now = wiki.clock.now();
    const opens = `${String((Number(now.slice(11, 13)) + 2) % 24).padStart(2, '0')}:00`;
    const closes = `${String((Number(now.slice(11, 13)) + 4) % 24).padStart(2, '0')}:00`;
    await wiki.connect({ mode: 'observe', reconcile: { every: 'PT1H' }, window: { from: opens, until: closes } });
    expect((await coverage())['nextReadingAt']).toMatch(new RegExp(`T${opens}:00`));
    wiki.clock.advance(3_600_000);
    expect((await listed()).length).toBe(before);
    wiki.clock.advance(5_400_000);
    await eventually(async () => (await listed())[0]?.['trigger'] === 'schedule');
    await eventually(async () => (await listed())[0]?.status === 'completed');
    await wiki.connect({ mode: 'observe' });
    expect((await coverage())['nextReadingAt']).toBeNull();
  });

  it('is one at a time: who asks meanwhile gets the one under way', async () => {
    const [first, second] = [(await ask()).body as Reading, (await ask()).body as Reading];
    expect(second.id).toBe(first.id);
    await eventually(
      async () =>
        ((await wiki.call('GET', `/connectors/wiki/readings/${first.id}`)).body as Reading).status !== 'running',
    );
  });

  it('is begun again by the next process when this one ends, and refused while the connector is paused', async () => {
    const { id } = (await ask()).body as Reading;
    await wiki.restart();
    await eventually(
      async () => ((await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body as Reading).status === 'completed',
    );
    await wiki.call('POST', '/connectors/wiki/pause');
    expect((await ask()).body).toMatchObject({ code: 'connector.paused', status: 409 });
    await wiki.call('POST', '/connectors/wiki/resume');
    expect((await wiki.call('POST', '/connectors/nowhere/reconcile', {})).body).toMatchObject({
      code: 'connector.not_defined',
    });
    expect((await ask({ confirm: 0 })).body).toMatchObject({ code: 'invalid_input' });
  });
});
