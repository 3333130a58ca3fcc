import { jest } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { assignmentOf, desired, leaver, personId } from './provisioning.fixtures.js';
import { runningWiki, type Wiki } from './wiki.fixtures.js';
import { some } from '../../../test/support/some.js';

jest.setTimeout(60_000);

describe('provisioning', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  it('makes what is desired an account with its groups, and says so with its causes', async () => {
    await wiki.connect();
    const wanted = desired('ada', 3, { groups: ['Editors', 'Staff'] });
    await wiki.publish(wanted);
    await wiki.inSync('ada', 3);
    expect(wiki.users('ada')).toMatchObject([
      { externalId: personId('ada'), active: true, displayName: 'ada Person', name: { familyName: 'Person' } },
    ]);
    expect([wiki.members('Staff'), wiki.members('Editors')]).toEqual([['ada@corp.example'], ['ada@corp.example']]);
    const results = await wiki.results();
    expect(results.map(({ type, body }) => [type.split('.').slice(2, 4).join('.'), body.kind, body.group])).toEqual([
      ['operation.started', 'create-account', undefined],
      ['account.created', 'create-account', undefined],
      ['operation.started', 'add-member', 'Editors'],
      ['membership.added', 'add-member', 'Editors'],
      ['operation.started', 'add-member', 'Staff'],
      ['membership.added', 'add-member', 'Staff'],
    ]);
    expect(results.map(({ body }) => body.inSync === true)).toEqual([false, false, false, false, false, true]);
    for (const result of some(results)) {
      expect([result.causationId, result.correlationId]).toEqual([wanted.id, wanted.correlationId]);
      expect(result.body.because).toEqual([assignmentOf('ada')]);
    }
  });

  it('twice: the same message, and an older one, change nothing', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 3));
    await wiki.inSync('ada', 3);
    const before = await wiki.results();
    await wiki.publish(desired('ada', 3), { ...leaver('ada', 2), source: '/governance/elsewhere' }, desired('bob', 1));
    await wiki.inSync('bob', 1);
    expect(wiki.users('ada')).toMatchObject([{ active: true }]);
    expect((await wiki.results()).filter(({ body }) => body.identity === personId('ada'))).toEqual(before);
  });

  it('shuts a leaver out first, then takes the groups away, each read back; and brings the same account back', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { groups: ['Editors', 'Staff'] }));
    await wiki.inSync('ada', 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect([wiki.users('ada')[0]?.active, wiki.members('Staff'), wiki.members('Editors')]).toEqual([false, [], []]);
    const taken = (await wiki.results()).filter(
      ({ body }) => body.desiredSequence === 2 && body.verified !== undefined,
    );
    expect(taken.map(({ body }) => [body.kind, body.group, body.verified, body.because])).toEqual([
      ['disable-account', undefined, true, [assignmentOf('ada')]],
      ['remove-member', 'Editors', true, [assignmentOf('ada')]],
      ['remove-member', 'Staff', true, [assignmentOf('ada')]],
    ]);
    await wiki.publish(desired('ada', 3, { groups: ['Staff'], attributes: { displayName: 'Ada King' } }));
    await wiki.inSync('ada', 3);
    expect(wiki.users('ada')).toMatchObject([{ active: true, displayName: 'Ada King' }]);
    expect(wiki.members('Staff')).toEqual(['ada@corp.example']);
  });

  it('a leaver does not wait for what was under way to give access', async () => {
    await wiki.connect();
    wiki.stub.faults = { delayMs: 150, path: '/scim/v2/Groups' };
    const groups = Array.from({ length: 12 }, (_, n) => `G${String(n).padStart(2, '0')}`);
    await wiki.publish(desired('ada', 1, { groups }));
    await eventually(() => wiki.members('G01').length === 1);
    await wiki.publish(leaver('ada', 2));
    await eventually(() => wiki.users('ada')[0]?.active === false);
    expect(wiki.members('G11')).toEqual([]);
    await wiki.inSync('ada', 2);
    expect(groups.flatMap(wiki.members)).toEqual([]);
  });

  it('joins members of one group in few calls, each with an outcome of its own', async () => {
    await wiki.connect();
    const batch = Array.from({ length: 60 }, (_, n) => `p${n}`);
    await wiki.publish(...batch.map((name) => desired(name, 1, { groups: ['Staff'] })));
    await Promise.all(batch.map((name) => wiki.inSync(name, 1)));
    expect(wiki.members('Staff')).toEqual(batch.map((name) => `${name}@corp.example`).sort());
    expect(wiki.stub.dump().groups).toHaveLength(1);
    expect(wiki.stub.counters['PATCH']).toBeLessThan(30);
    expect((await wiki.results()).filter(({ type }) => type.endsWith('membership.added.v1'))).toHaveLength(60);
  });
});
