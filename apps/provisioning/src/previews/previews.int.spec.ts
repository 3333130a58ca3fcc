import { jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import { some } from '../../../../test/support/some.js';
import { application, desired, leaver, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

interface Item {
  readonly identity: string;
  readonly effect: string;
  readonly changes: readonly { readonly target: string; readonly before: unknown; readonly after: unknown }[];
  readonly adds: readonly object[];
  readonly keeps: readonly { readonly entitlement: object }[];
  readonly leftOut: boolean;
}

interface Write {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

const matching = [{ target: 'userName', source: 'userName' }];

describe('enforcing a connector that observed', () => {
  let wiki: Wiki;
  const writes: Write[] = [];

  beforeEach(async () => {
    wiki = await runningWiki();
    writes.length = 0;
    wiki.stub.reply = ({ method, url, body }) => {
      if (method !== 'GET') writes.push({ method, url: decodeURIComponent(url), body });
      return null;
    };
  });
  afterEach(() => wiki.stop());

  const add = (name: string, more: object = {}): string =>
    wiki.stub.directory.addUser({
      userName: `${name}@corp.example`,
      externalId: `hr-${name}`,
      active: true,
      name: { givenName: name, familyName: 'Person' },
      displayName: `${name} Person`,
      emails: [{ value: `${name}@corp.example`, type: 'work', primary: true }],
      ...more,
    }).id;
  const group = (displayName: string, ...members: string[]): string => {
    const { body } = wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName }));
    const { id } = body as { id: string };
    const value = members.map((one) => ({ value: one }));
    const Operations = [{ op: 'add', path: 'members', value }];
    wiki.stub.directory.answer('PATCH', `/Groups/${id}`, JSON.stringify({ Operations }));
    return id;
  };
  const read = async (): Promise<void> => {
    const { id } = (await wiki.call('POST', '/connectors/wiki/reconcile', {})).body as { id: string };
    await eventually(
      async () => (await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body.status === 'completed',
    );
  };
  /** So many people are known, and something is desired of so many. */
  const known = (people: number, wanted: number): Promise<unknown> =>
    eventually(async () => {
      const [row] = await wiki.db.query<{ people: number; wanted: number }>(
        `select (select count(*) from known_person)::int as people, (select count(*) from desired)::int as wanted`,
      );
      return row?.people === people && row.wanted === wanted;
    });
  const preview = async (body: object = {}): Promise<{ id: string; counts: Record<string, number> }> => {
    const { status, body: made, headers } = await wiki.call('POST', '/connectors/wiki/preview', body);
    expect([status, headers.get('location')]).toEqual([202, `/provisioning/v1/connectors/wiki/previews/${made.id}`]);
    await eventually(async () => (await state(made.id as string)).status === 'ready');
    return await state(made.id as string);
  };
  const state = async (id: string): Promise<ServiceAnswer['body']> =>
    (await wiki.call('GET', `/connectors/wiki/previews/${id}`)).body;
  const items = async (id: string): Promise<Map<string, Item>> => {
    const { items: all } = (await wiki.call('GET', `/connectors/wiki/previews/${id}/items`)).body as { items: Item[] };
    return new Map(all.map((item) => [item.identity, item]));
  };
  const release = (id: string, more = {}): Promise<ServiceAnswer> =>
    wiki.call('POST', '/connectors/wiki/release', { preview: id, reason: 'the owner agreed' }, more);
  const released = async (id: string): Promise<void> =>
    void (await eventually(async () => (await state(id)).status === 'released'));
  const allDone = async (): Promise<void> => {
    await eventually(async () => {
      const [row] = await wiki.db.query<{ n: number }>(
        `select count(*)::int as n from desired where dirty and parked_code is null
           and identity_id not in (select identity_id from awaiting_release)`,
      );
      return row?.n === 0;
    });
  };
  const told = (): string[] => writes.map(({ method, url }) => `${method} ${url.replace(/^.*\/scim\/v2/, '')}`);

  it('does exactly what the preview shows, and nothing before', async () => {
    const ids = {
      ada: add('ada'),
      bob: add('bob', { displayName: 'Bobby' }),
      eve: add('eve'),
      stranger: add('stranger'),
    };
    const staff = group('Staff', ids.ada, ids.stranger);
    await wiki.publish(
      ...['ada', 'bob', 'cy'].map((name) => person(name)),
      person('eve', { status: 'inactive' }),
      desired('ada', 1, { groups: ['Staff'] }),
      desired('bob', 1, { groups: ['Staff'] }),
      desired('cy', 1),
    );
    await known(4, 3);
    await wiki.connect({ mode: 'observe', matching });
    await read();
    const made = await preview();
    expect(made.counts).toMatchObject({
      people: 4,
      creates: 1,
      links: 2,
      changes: 1,
      disables: 1,
      adds: 1,
      removes: 0,
    });
    const shown = await items(made.id);
    expect(shown.get(personId('ada'))).toMatchObject({
      effect: 'link',
      changes: [],
      adds: [],
      keeps: [{ entitlement: { group: 'Staff' }, id: staff }],
    });
    expect(shown.get(personId('bob'))).toMatchObject({
      effect: 'link',
      changes: [{ target: 'displayName', before: 'Bobby', after: 'bob Person' }],
      adds: [{ group: 'Staff' }],
    });
    expect(shown.get(personId('cy'))).toMatchObject({ effect: 'create' });
    expect(shown.get(personId('eve'))).toMatchObject({ effect: 'disable', changes: [] });
    const { text } = await wiki.call('GET', `/connectors/wiki/previews/${made.id}/items.csv`);
    expect(text).toContain('displayName,Bobby,bob Person,false');
    expect(told()).toEqual([]);

    expect((await release(made.id)).status).toBe(200);
    await released(made.id);
    await allDone();
    expect(told().sort()).toEqual(
      [`PATCH /Groups/${staff}`, `PATCH /Users/${ids.bob}`, `PATCH /Users/${ids.eve}`, 'POST /Users'].sort(),
    );
    expect(wiki.members('Staff')).toEqual(['ada', 'bob', 'stranger'].map((name) => `${name}@corp.example`));
    expect(wiki.users('eve')[0]).toMatchObject({ active: false, externalId: 'hr-eve' });
    expect(wiki.users('bob')[0]).toMatchObject({ displayName: 'bob Person', externalId: 'hr-bob' });
    expect(await state(made.id)).toMatchObject({ done: 4, leftOut: 0, next: null, reason: 'the owner agreed' });
    const tellings = (await wiki.published(topics.operators)).map(({ body }) => body);
    expect(tellings).toContainEqual(
      expect.objectContaining({ connector: 'wiki', preview: made.id, pilot: false, reason: 'the owner agreed' }),
    );
    // Twice is once.
    expect((await release(made.id)).body).toMatchObject({ code: 'preview.released' });
  });

  it('keeps a group that the account holds, also where packages name groups by id', async () => {
    const staff = group('Staff', add('ada'));
    await wiki.publish(person('ada'), desired('ada', 1, { groups: [staff] }));
    await known(1, 1);
    await wiki.connect({ mode: 'observe', matching, groups: { mode: 'by-id' } });
    await read();
    expect((await items((await preview()).id)).get(personId('ada'))).toMatchObject({
      effect: 'link',
      adds: [],
      keeps: [{ entitlement: { group: staff }, id: staff }],
    });
  });

  it('leaves out what changed since the preview, and shows it as a new one', async () => {
    add('ada');
    add('bob');
    await wiki.publish(...['ada', 'bob'].map((name) => person(name)), desired('ada', 1), desired('bob', 1));
    await known(2, 2);
    await wiki.connect({ mode: 'observe', matching });
    await read();
    const made = await preview();
    wiki.clock.advance(1_000);
    await wiki.publish(desired('bob', 2, { attributes: { displayName: 'Robert Person' } }), desired('new', 1));
    await known(2, 3);
    await release(made.id);
    await released(made.id);
    await allDone();
    expect(told()).toEqual([]);
    const over = await state(made.id);
    expect(over).toMatchObject({ done: 1, leftOut: 2 });
    expect((await items(made.id)).get(personId('bob'))).toMatchObject({ leftOut: true });
    await eventually(async () => (await state(over.next as string)).status === 'ready');
    const rest = await items(over.next as string);
    expect([...rest.keys()].sort()).toEqual([personId('bob'), personId('new')].sort());
    expect(rest.get(personId('bob'))?.changes).toEqual([
      { target: 'displayName', before: 'bob Person', after: 'Robert Person' },
    ]);
    await release(over.next as string);
    await released(over.next as string);
    await allDone();
    expect(
      told()
        .map((one) => one.split(' ')[0])
        .sort(),
    ).toEqual(['PATCH', 'POST']);
  });

  it('begins with a pilot and widens: nobody else is touched, and nothing is done twice', async () => {
    await wiki.publish(
      ...['ada', 'bob', 'cy'].flatMap((name) => [
        person(name),
        desired(name, 1, { attributes: { department: name === 'ada' ? 'Engineering' : 'Sales' } }),
      ]),
    );
    await known(3, 3);
    await wiki.connect({ mode: 'observe', matching });
    await read();
    const pilot = await preview({ filter: 'department eq "Engineering"' });
    expect(pilot.counts).toMatchObject({ people: 1, creates: 1 });
    await release(pilot.id);
    await released(pilot.id);
    expect(await wiki.inSync('ada', 1)).toBe(true);
    expect((await wiki.call('GET', '/connectors/wiki')).body).toMatchObject({ mode: 'enforce', pilot: true });
    await wiki.publish(desired('newcomer', 1));
    await known(3, 4);
    await wiki.quiescence();
    expect(told()).toEqual(['POST /Users']);
    const some = await preview({ identities: [personId('bob')] });
    await release(some.id);
    await released(some.id);
    expect(await wiki.inSync('bob', 1)).toBe(true);
    const all = await preview();
    expect(all.counts).toMatchObject({ people: 2, creates: 2 });
    await release(all.id);
    await released(all.id);
    expect(await wiki.inSync('cy', 1)).toBe(true);
    expect(await wiki.inSync('newcomer', 1)).toBe(true);
    expect(told()).toEqual(Array.from({ length: 4 }, () => 'POST /Users'));
    expect((await wiki.call('GET', '/connectors/wiki')).body).toMatchObject({ pilot: false });
  });

  it('makes no account beside one of which nobody said whose it is', async () => {
    add('ada', { userName: 'a1', employeeNumber: 'ada' });
    add('ada', { userName: 'a2', employeeNumber: 'ada' });
    await wiki.publish(person('ada'), desired('ada', 1, { attributes: { employeeId: 'ada' } }));
    await known(1, 1);
    await wiki.connect({ mode: 'observe', matching: [{ target: 'employeeNumber', source: 'employeeId' }] });
    await read();
    const made = await preview();
    expect(made.counts).toMatchObject({ waits: 1, creates: 0, links: 0 });
    await release(made.id);
    await released(made.id);
    await wiki.quiescence();
    expect(told()).toEqual([]);
    expect(await state(made.id)).toMatchObject({ done: 0, leftOut: 0 });
  });

  it('is for an owner of the application, with a preview of the document as it is, and a reason', async () => {
    await wiki.publish(person('ada'), desired('ada', 1));
    await known(1, 1);
    await wiki.connect({ mode: 'observe' });
    const made = await preview();
    const refused = async (answer: Promise<ServiceAnswer>): Promise<unknown> => (await answer).body.code;
    expect(await refused(wiki.call('POST', '/connectors/wiki/release', {}))).toBe('preview.missing');
    expect(await refused(wiki.call('POST', '/connectors/wiki/release', { preview: made.id }))).toBe('invalid_input');
    expect(await refused(release(made.id, { roles: ['requester'] }))).toBe('connector.not_owner');
    expect(await refused(release(personId('nothing')))).toBe('not_found');
    await wiki.connect({ mode: 'observe', mapping: [{ target: 'title', type: 'constant', value: 'Staff' }] });
    expect(await refused(release(made.id))).toBe('preview.outdated');
    const both = { filter: 'department eq "x"', identities: [personId('ada')] };
    expect((await wiki.call('POST', '/connectors/wiki/preview', both)).body).toMatchObject({
      errors: [{ pointer: '/identities' }],
    });
    expect((await wiki.call('POST', '/connectors/wiki/preview', { filter: 'salary gt 5' })).body).toMatchObject({
      errors: [{ pointer: '/filter' }],
    });
    await wiki.publish(application({ owners: [personId('owner')] }));
    expect(some(writes.map(String).concat('none'))).toEqual(['none']);
  });

  it('takes the account of somebody who leaves later, as of everybody whom it keeps', async () => {
    const id = add('ada');
    await wiki.publish(person('ada'), desired('ada', 1));
    await known(1, 1);
    await wiki.connect({ mode: 'observe', matching });
    await read();
    const made = await preview();
    await release(made.id);
    await released(made.id);
    await allDone();
    await wiki.publish(leaver('ada', 2));
    await eventually(() => wiki.users('ada')[0]?.active === false);
    expect(told()).toEqual([`PATCH /Users/${id}`]);
  });
});
