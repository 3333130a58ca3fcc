import { jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import { some } from '../../../../test/support/some.js';
import { application, desired, leaver, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import { type PreviewedWiki, previewsOf } from './previews.fixtures.js';

jest.setTimeout(60_000);

interface Write {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

const matching = [{ target: 'userName', source: 'userName' }];

describe('enforcing a connector that observed', () => {
  let wiki: Wiki;
  let on: PreviewedWiki;
  const writes: Write[] = [];

  beforeEach(async () => {
    wiki = await runningWiki();
    on = previewsOf(wiki);
    writes.length = 0;
    wiki.stub.reply = ({ method, url, body }) => {
      if (method !== 'GET') writes.push({ method, url: decodeURIComponent(url), body });
      return null;
    };
  });
  afterEach(() => wiki.stop());

  const told = (): string[] => writes.map(({ method, url }) => `${method} ${url.replace(/^.*\/scim\/v2/, '')}`);

  it('does exactly what the preview shows, and nothing before', async () => {
    const ids = {
      ada: on.add('ada'),
      bob: on.add('bob', { displayName: 'Bobby' }),
      eve: on.add('eve'),
      stranger: on.add('stranger'),
    };
    const staff = on.group('Staff', ids.ada, ids.stranger);
    await wiki.publish(
      ...['ada', 'bob', 'cy'].map((name) => person(name)),
      person('eve', { status: 'inactive' }),
      desired('ada', 1, { groups: ['Staff'] }),
      desired('bob', 1, { groups: ['Staff'] }),
      desired('cy', 1),
    );
    await on.known(4, 3);
    await wiki.connect({ mode: 'observe', matching });
    await on.read();
    const made = await on.preview();
    expect(made.counts).toMatchObject({
      people: 4,
      creates: 1,
      links: 2,
      changes: 1,
      disables: 1,
      adds: 1,
      removes: 0,
    });
    const shown = await on.items(made.id);
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

    expect((await on.release(made.id)).status).toBe(200);
    await on.released(made.id);
    await on.allDone();
    expect(told().sort()).toEqual(
      [`PATCH /Groups/${staff}`, `PATCH /Users/${ids.bob}`, `PATCH /Users/${ids.eve}`, 'POST /Users'].sort(),
    );
    expect(wiki.members('Staff')).toEqual(['ada', 'bob', 'stranger'].map((name) => `${name}@corp.example`));
    expect(wiki.users('eve')[0]).toMatchObject({ active: false, externalId: 'hr-eve' });
    expect(wiki.users('bob')[0]).toMatchObject({ displayName: 'bob Person', externalId: 'hr-bob' });
    expect(await on.state(made.id)).toMatchObject({ done: 4, leftOut: 0, next: null, reason: 'the owner agreed' });
    const tellings = (await wiki.published(topics.operators)).map(({ body }) => body);
    expect(tellings).toContainEqual(
      expect.objectContaining({ connector: 'wiki', preview: made.id, pilot: false, reason: 'the owner agreed' }),
    );
    // Twice is once.
    expect((await on.release(made.id)).body).toMatchObject({ code: 'preview.released' });
  });

  it('keeps a group that the account holds, also where packages name groups by id', async () => {
    const staff = on.group('Staff', on.add('ada'));
    await wiki.publish(person('ada'), desired('ada', 1, { groups: [staff] }));
    await on.known(1, 1);
    await wiki.connect({ mode: 'observe', matching, groups: { mode: 'by-id' } });
    await on.read();
    expect((await on.items((await on.preview()).id)).get(personId('ada'))).toMatchObject({
      effect: 'link',
      adds: [],
      keeps: [{ entitlement: { group: staff }, id: staff }],
    });
  });

  it('leaves out what changed since the preview, and shows it as a new one', async () => {
    on.add('ada');
    on.add('bob');
    await wiki.publish(...['ada', 'bob'].map((name) => person(name)), desired('ada', 1), desired('bob', 1));
    await on.known(2, 2);
    await wiki.connect({ mode: 'observe', matching });
    await on.read();
    const made = await on.preview();
    wiki.clock.advance(1_000);
    await wiki.publish(desired('bob', 2, { attributes: { displayName: 'Robert Person' } }), desired('new', 1));
    await on.known(2, 3);
    await on.release(made.id);
    await on.released(made.id);
    await on.allDone();
    expect(told()).toEqual([]);
    const over = await on.state(made.id);
    expect(over).toMatchObject({ done: 1, leftOut: 2 });
    expect((await on.items(made.id)).get(personId('bob'))).toMatchObject({ leftOut: true });
    await eventually(async () => (await on.state(over.next as string)).status === 'ready');
    const rest = await on.items(over.next as string);
    expect([...rest.keys()].sort()).toEqual([personId('bob'), personId('new')].sort());
    expect(rest.get(personId('bob'))?.changes).toEqual([
      { target: 'displayName', before: 'bob Person', after: 'Robert Person' },
    ]);
    await on.release(over.next as string);
    await on.released(over.next as string);
    await on.allDone();
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
    await on.known(3, 3);
    await wiki.connect({ mode: 'observe', matching });
    await on.read();
    const pilot = await on.preview({ filter: 'department eq "Engineering"' });
    expect(pilot.counts).toMatchObject({ people: 1, creates: 1 });
    await on.release(pilot.id);
    await on.released(pilot.id);
    expect(await wiki.inSync('ada', 1)).toBe(true);
    expect((await wiki.call('GET', '/connectors/wiki')).body).toMatchObject({ mode: 'enforce', pilot: true });
    await wiki.publish(desired('newcomer', 1));
    await on.known(3, 4);
    await wiki.quiescence();
    expect(told()).toEqual(['POST /Users']);
    const some = await on.preview({ identities: [personId('bob')] });
    await on.release(some.id);
    await on.released(some.id);
    expect(await wiki.inSync('bob', 1)).toBe(true);
    const all = await on.preview();
    expect(all.counts).toMatchObject({ people: 2, creates: 2 });
    await on.release(all.id);
    await on.released(all.id);
    expect(await wiki.inSync('cy', 1)).toBe(true);
    expect(await wiki.inSync('newcomer', 1)).toBe(true);
    expect(told()).toEqual(Array.from({ length: 4 }, () => 'POST /Users'));
    expect((await wiki.call('GET', '/connectors/wiki')).body).toMatchObject({ pilot: false });
  });

  it('makes no account beside one of which nobody said whose it is', async () => {
    on.add('ada', { userName: 'a1', employeeNumber: 'ada' });
    on.add('ada', { userName: 'a2', employeeNumber: 'ada' });
    await wiki.publish(person('ada'), desired('ada', 1, { attributes: { employeeId: 'ada' } }));
    await on.known(1, 1);
    await wiki.connect({ mode: 'observe', matching: [{ target: 'employeeNumber', source: 'employeeId' }] });
    await on.read();
    const made = await on.preview();
    expect(made.counts).toMatchObject({ waits: 1, creates: 0, links: 0 });
    await on.release(made.id);
    await on.released(made.id);
    await wiki.quiescence();
    expect(told()).toEqual([]);
    expect(await on.state(made.id)).toMatchObject({ done: 0, leftOut: 0 });
  });

  it('is for an owner of the application, with a preview of the document as it is, and a reason', async () => {
    await wiki.publish(person('ada'), desired('ada', 1));
    await on.known(1, 1);
    await wiki.connect({ mode: 'observe' });
    const made = await on.preview();
    const refused = async (answer: Promise<ServiceAnswer>): Promise<unknown> => (await answer).body.code;
    expect(await refused(wiki.call('POST', '/connectors/wiki/release', {}))).toBe('preview.missing');
    expect(await refused(wiki.call('POST', '/connectors/wiki/release', { preview: made.id }))).toBe('invalid_input');
    expect(await refused(on.release(made.id, { roles: ['requester'] }))).toBe('connector.not_owner');
    expect(await refused(on.release(personId('nothing')))).toBe('not_found');
    await wiki.connect({ mode: 'observe', mapping: [{ target: 'title', type: 'constant', value: 'Staff' }] });
    expect(await refused(on.release(made.id))).toBe('preview.outdated');
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
    const id = on.add('ada');
    await wiki.publish(person('ada'), desired('ada', 1));
    await on.known(1, 1);
    await wiki.connect({ mode: 'observe', matching });
    await on.read();
    const made = await on.preview();
    await on.release(made.id);
    await on.released(made.id);
    await on.allDone();
    await wiki.publish(leaver('ada', 2));
    await eventually(() => wiki.users('ada')[0]?.active === false);
    expect(told()).toEqual([`PATCH /Users/${id}`]);
  });
});
