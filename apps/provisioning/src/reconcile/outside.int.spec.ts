import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('what others do in the application', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  const outcomes = async (name: string): Promise<string[]> =>
    (await wiki.results())
      .filter(({ body, type }) => body.identity === personId(name) && type.includes('.account.'))
      .map(({ type }) => type.replace('hub.provisioning.', ''));

  it('an account deleted there is made again', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.directory.reset();
    await wiki.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' }, groups: ['Staff'] }));
    await wiki.inTime(() => wiki.members('Staff').length === 1);
    expect(wiki.users('ada')).toMatchObject([{ displayName: 'Ada King', active: true }]);
  });

  it('somebody who leaves is shut out of the account that took the place of theirs', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    const [{ id, ...account } = { id: '' }] = wiki.users('ada');
    wiki.stub.directory.answer('DELETE', `/Users/${id}`, '');
    wiki.stub.directory.addUser(account);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toMatchObject([{ active: false }]);
    expect(await outcomes('ada')).toEqual(['account.created.v1', 'account.adopted.v1', 'account.disabled.v1']);
  });

  it('somebody who leaves without an account there is done with', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.directory.reset();
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await outcomes('ada')).length > 1);
    await wiki.inSync('ada', 2);
    expect(await outcomes('ada')).toEqual(['account.created.v1', 'account.deleted.v1']);
  });

  it('the 404 of a gateway tells nothing of an account: nobody counts as gone, and nothing granted is forgotten', async () => {
    await wiki.publish(desired('ada', 1), desired('bob', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);
    wiki.stub.faults = { notHere: true };
    await wiki.publish(leaver('ada', 2), desired('bob', 2, { attributes: { displayName: 'Bob' } }));
    await eventually(async () => (await wiki.results()).filter(({ type }) => type.includes('.failed.')).length >= 2);
    expect(wiki.users('ada')).toMatchObject([{ active: true }]);
    wiki.stub.faults = {};
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
    await wiki.publish(desired('bob', 3));
    await wiki.inTime(() => wiki.members('Staff').length === 0);
    expect(await outcomes('ada')).toEqual(['account.created.v1', 'account.disabled.v1']);
  });

  it('a group that was deleted is not made to take somebody out of it', async () => {
    const batch = ['ada', 'bob'];
    await wiki.publish(...batch.map((name) => desired(name, 1, { groups: ['Staff'] })));
    for (const name of batch) await wiki.inSync(name, 1);
    const [group] = wiki.stub.dump().groups;
    wiki.stub.directory.answer('DELETE', `/Groups/${group?.id ?? ''}`, '');
    await wiki.publish(...batch.map((name) => desired(name, 2)));
    for (const name of batch) await wiki.inSync(name, 2);
    expect(wiki.stub.dump().groups).toEqual([]);
  });

  it('a group that somebody else makes at the same moment is used', async () => {
    wiki.stub.onRequest = (method, url) => {
      const making = method === 'POST' && url.endsWith('/Groups');
      wiki.stub.faults = making ? { refuseEvery: 1, refuseWith: 409 } : {};
      if (making) wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName: 'Staff' }));
    };
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    expect(wiki.stub.dump().groups).toHaveLength(1);
    expect(wiki.members('Staff')).toEqual(['ada@corp.example']);
  });

  it('a batch is looked up by few searches, and existing accounts are found', async () => {
    for (const name of ['ada', 'bob']) {
      await wiki.publish(desired(name, 1));
      await wiki.inSync(name, 1);
    }
    const batch = Array.from({ length: 60 }, (_, n) => `person${n}`);
    const there = wiki.stub.directory.addUser({
      userName: 'Person17@corp.example',
      externalId: personId('person17'),
      active: true,
    });
    const asked = wiki.stub.counters['GET'] ?? 0;
    await wiki.publish(...batch.map((name) => desired(name, 1)));
    await Promise.all(batch.map((name) => wiki.inSync(name, 1)));
    expect((await outcomes('person17'))[0]).toBe('account.adopted.v1');
    const theirs = wiki.stub.dump().users.filter(({ externalId }) => externalId === personId('person17'));
    expect(theirs.map(({ id }) => id)).toEqual([there.id]);
    expect(wiki.stub.dump().users).toHaveLength(2 + batch.length);
    expect((wiki.stub.counters['GET'] ?? 0) - asked).toBeLessThan(batch.length / 2);
  });
});
