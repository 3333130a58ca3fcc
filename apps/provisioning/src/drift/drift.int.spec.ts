import { jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { application, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { DriftView } from './drift.query.js';

jest.setTimeout(60_000);

describe('what somebody changed in the application by hand', () => {
  let wiki: Wiki;
  const writes: string[] = [];
  const everybody = ['ada', 'bob', 'cy', 'dee', 'eve', 'fay', 'gus'];

  beforeAll(async () => {
    wiki = await runningWiki();
    const owned = application({ owners: [personId('owner')] });
    await wiki.publish({ ...owned, id: personId('owned'), sequence: 2 });
    wiki.stub.onRequest = (method, url) => {
      if (method !== 'GET') writes.push(`${method} ${url}`);
    };
    await wiki.connect(document({}));
    await wiki.publish(...everybody.map((name) => desired(name, 1, { groups: ['Staff'] })));
    for (const name of everybody) await wiki.inSync(name, 1);
    await read();
  });
  afterAll(() => wiki.stop());
  beforeEach(() => {
    writes.length = 0;
  });

  const document = (reconcile: object): object => ({
    reconcile: { attributes: [{ target: 'name.givenName', remediate: 'revert' }], ...reconcile },
  });
  const read = async (): Promise<void> => {
    wiki.clock.advance(1_000);
    const { id } = (await wiki.call('POST', '/connectors/wiki/reconcile', {})).body as { id: string };
    await eventually(
      async () => (await wiki.call('GET', `/connectors/wiki/readings/${id}`)).body.status === 'completed',
    );
    wiki.clock.advance(1_000);
  };
  const list = async (filter: string): Promise<readonly DriftView[]> =>
    (await wiki.call('GET', `/connectors/wiki/drift?filter=${encodeURIComponent(filter)}`)).body
      .items as readonly DriftView[];
  const of = (name: string): Promise<readonly DriftView[]> =>
    list(`identity eq "${personId(name)}" and state eq "open"`);
  const change = (name: string, values: object): void => void Object.assign(wiki.users(name)[0] ?? {}, values);
  const patchGroup = (op: string, path: string, value?: object[]): void => {
    const id = wiki.stub.dump().groups.find(({ displayName }) => displayName === 'Staff')?.id ?? '';
    wiki.stub.directory.answer('PATCH', `/Groups/${id}`, JSON.stringify({ Operations: [{ op, path, value }] }));
  };
  const decide = (drift: DriftView | undefined, decision: string, more = {}) =>
    wiki.call('POST', `/connectors/wiki/drift/${drift?.id ?? ''}/decision`, { decision, reason: 'she said so' }, more);

  it('is nothing while nobody does', async () => {
    await read();
    expect(await list('id pr')).toEqual([]);
    expect(writes).toEqual([]);
  });

  it('is listed where the connector reports it, and told to others; a person has it written again', async () => {
    change('ada', { displayName: 'Countess' });
    await read();
    const [drift] = await of('ada');
    expect(drift).toMatchObject({
      code: 'attribute-changed',
      target: 'displayName',
      class: 'changed-outside',
      desired: 'ada Person',
      observed: 'Countess',
      policy: 'report',
    });
    expect(writes).toEqual([]);
    expect((await wiki.call('GET', '/cases')).body.items).toContainEqual(expect.objectContaining({ kind: 'drift' }));
    await read();
    expect(await of('ada')).toHaveLength(1);
    expect((await decide(drift, 'revert', { roles: ['requester'] })).body).toMatchObject({
      code: 'connector.not_owner',
    });
    expect((await decide(drift, 'revert')).body).toMatchObject({ state: 'reverted' });
    await eventually(() => wiki.users('ada')[0]?.['displayName'] === 'ada Person');
    expect((await decide(drift, 'revert')).body).toMatchObject({ code: 'drift.not_open' });
    await wiki.quiescence();
    await read();
    expect(await of('ada')).toEqual([]);
    const results = (await wiki.published(topics.results)).filter(({ type }) =>
      type.startsWith('hub.provisioning.drift.'),
    );
    expect(results.map(({ type, body }) => [type, (body as { code: string }).code])).toEqual([
      ['hub.provisioning.drift.detected.v1', 'attribute-changed'],
      ['hub.provisioning.drift.decided.v1', 'attribute-changed'],
    ]);
  });

  it('is written again where the connector reverts it, and stays where a person adopts it, until something else is desired', async () => {
    const robert = { name: { givenName: 'Robert', familyName: 'Person' } };
    const isBob = (): boolean =>
      (wiki.users('bob')[0]?.['name'] as { givenName: string } | undefined)?.givenName === 'bob';
    change('bob', robert);
    change('cy', { displayName: 'Cyrus' });
    await read();
    await eventually(isBob);
    // The same once more, before a reading has shown that it is over.
    await wiki.quiescence();
    change('bob', robert);
    await read();
    await eventually(isBob);
    await wiki.quiescence();
    expect((await decide((await of('cy'))[0], 'adopt')).body).toMatchObject({ state: 'adopted' });
    writes.length = 0;
    await wiki.publish(desired('cy', 2, { groups: ['Staff'] }));
    await wiki.inSync('cy', 2);
    await read();
    expect([writes, await of('cy')]).toEqual([[], []]);
    await wiki.publish(desired('cy', 3, { groups: ['Staff'], attributes: { displayName: 'Cyril' } }));
    await eventually(() => wiki.users('cy')[0]?.['displayName'] === 'Cyril');
  });

  it('waits for a person where somebody disabled the account', async () => {
    change('dee', { active: false });
    await read();
    expect(await of('dee')).toMatchObject([{ code: 'inactive' }]);
    expect(await wiki.parked()).toMatchObject([{ id: personId('dee'), code: 'inactive' }]);
    expect(writes).toEqual([]);
    await decide((await of('dee'))[0], 'revert');
    await eventually(() => wiki.users('dee')[0]?.active === true);
  });

  it('is noticed where somebody took a group or gave one, and where the account is gone', async () => {
    const [eve, fay] = [wiki.users('eve')[0]?.id ?? '', wiki.users('fay')[0]?.id ?? ''];
    patchGroup('remove', `members[value eq "${eve}"]`);
    const { body } = wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName: 'Admins' }));
    const admins = (body as { id: string }).id;
    const value = [{ value: fay }];
    const Operations = [{ op: 'add', path: 'members', value }];
    wiki.stub.directory.answer('PATCH', `/Groups/${admins}`, JSON.stringify({ Operations }));
    wiki.stub.directory.answer('DELETE', `/Users/${wiki.users('gus')[0]?.id ?? ''}`, '');
    await read();
    expect(await of('eve')).toMatchObject([
      { code: 'membership-missing', about: 'group:Staff', class: 'changed-outside' },
    ]);
    expect(await of('fay')).toMatchObject([{ code: 'membership-added', about: 'group:Admins' }]);
    expect(await of('gus')).toMatchObject([{ code: 'account-missing' }]);
    for (const name of ['eve', 'fay', 'gus']) await decide((await of(name))[0], 'revert');
    await wiki.inTime(
      () =>
        wiki.members('Staff').includes('eve@corp.example') &&
        wiki.members('Admins').length === 0 &&
        wiki.users('gus').length === 1,
      20_000,
    );
  });
});
