import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { startScimStub, type ScimStub } from '../../../../test/targets/scim-stub.js';
import type { StubUser } from '../../../../test/targets/scim-stub-directory.js';
import { desired, leaver, personId, stubToken } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import { some } from '../../../../test/support/some.js';

jest.setTimeout(90_000);

describe('the place of an application', () => {
  let wiki: Wiki;
  /** Another tenant: a SCIM service that knows none of the accounts. */
  let other: ScimStub;
  beforeEach(async () => {
    wiki = await runningWiki();
    other = await startScimStub({ token: stubToken });
    await wiki.connect();
    for (const name of ['ada', 'bob']) {
      await wiki.publish(desired(name, 1, { groups: ['Staff'] }));
      await wiki.inSync(name, 1);
    }
  });
  afterEach(async () => {
    await wiki.stop();
    await other.stop();
  });

  const item = async (name: string): Promise<Record<string, unknown>> =>
    (await wiki.call('GET', `/connectors/wiki/accounts?filter=identity eq "${personId(name)}"`)).body.items[0];
  const facts = async (): Promise<number> =>
    (await wiki.db.query(`select 1 from events where stream like 'account-%'`)).length;
  const place = async (): Promise<string> => (await wiki.call('GET', '/connectors/wiki')).body.place;
  const test = async (): Promise<Record<string, unknown>> =>
    (await wiki.call('POST', '/connectors/wiki/test')).body as Record<string, unknown>;
  /** States the connector with another address, and waits for the calls there. */
  const move = async (overrides: object): Promise<void> => {
    await wiki.connect(overrides);
    await eventually(async () => (await place()) === 'unproven');
  };
  const path = (end: string): object => ({ baseUrl: `${wiki.stub.baseUrl}${end}` });

  it.each(['disable', 'delete'] as const)(
    'with a wrong path no leaver counts as gone (onLeave: %s), and each is shut out once it is mended',
    async (onLeave) => {
      await move({ deprovision: { onLeave }, ...path('/Users') });
      await wiki.publish(leaver('ada', 2));
      await eventually(async () => (await wiki.health()) === 'unreachable');
      for (let minute = 0; minute < 5; minute += 1) {
        wiki.clock.advance(60_000);
        await wiki.quiescence();
      }
      expect(await item('ada')).toMatchObject({ status: 'active', inSync: false });
      expect(await test()).toMatchObject({
        ok: false,
        code: 'wrong-address',
        status: 404,
        isList: false,
        suggestedBaseUrl: wiki.stub.baseUrl,
        detail: expect.stringContaining(wiki.stub.baseUrl),
      });
      await wiki.connect({ deprovision: { onLeave } });
      await wiki.inTime(() => wiki.users('ada').every(({ active }) => active === false));
      await wiki.inSync('ada', 2);
      expect(wiki.users('ada')).toHaveLength(onLeave === 'delete' ? 0 : 1);
    },
  );

  it('new credentials for the same accounts reopen nothing', async () => {
    await wiki.quiescence();
    const before = await facts();
    await wiki.connect({ auth: { type: 'api-key', header: 'authorization', key: `Bearer ${stubToken}` } });
    await eventually(async () => (await place()) === 'proven');
    await wiki.quiescence();
    expect(await facts()).toBe(before);
    expect((await item('ada'))['inSync']).toBe(true);
    expect(await test()).toMatchObject({ ok: true, isList: true, knownAccounts: { asked: 2, found: 2 } });
  });

  it('at another tenant nobody counts as gone or in sync, and going back shuts out who left meanwhile', async () => {
    await wiki.publish(leaver('bob', 2));
    await wiki.inSync('bob', 2);
    await move({ baseUrl: other.baseUrl });
    await wiki.publish(leaver('ada', 2), desired('eve', 1));
    await wiki.inSync('eve', 1);
    await wiki.inTime(async () => (await wiki.parked()).length === 2);
    expect([(await item('ada'))['inSync'], (await item('bob'))['inSync'], await place()]).toEqual([
      false,
      false,
      'proven',
    ]);
    expect(other.dump().users.map(({ userName }) => userName)).toEqual(['eve@corp.example']);
    // Somebody re-enabled bob there before, which the hub is not told of: what was concluded is looked at again.
    await wiki.connect();
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
    await wiki.inTime(async () => (await item('bob'))['inSync'] === true);
    expect(await wiki.parked()).toMatchObject([{ id: personId('eve'), code: 'place-unproven' }]);
  });

  it('an account of a short id that belongs to somebody else proves nothing, and is left alone', async () => {
    for (const { id } of wiki.stub.dump().users)
      other.directory.addUser({ userName: `other-${id}`, externalId: `other-${id}`, active: true });
    expect(other.dump().users.map(({ id }) => id)).toContain(wiki.users('ada')[0]?.id);
    await move({ baseUrl: other.baseUrl });
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await wiki.parked()).length > 0);
    expect(some(other.dump().users).every(({ active }) => active === true)).toBe(true);
    expect(await test()).toMatchObject({ ok: false, code: 'place-unproven', knownAccounts: { asked: 2, found: 0 } });
  });

  it('accounts that were moved to a new tenant are found by the identity they carry', async () => {
    other.directory.addUser({ userName: 'somebody', active: true });
    for (const { id, ...user } of wiki.stub.dump().users) other.directory.addUser(user);
    await move({ baseUrl: other.baseUrl });
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() =>
      other.dump().users.some(({ externalId, active }) => externalId === personId('ada') && active === false),
    );
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toMatchObject([{ active: true }]);
  });

  it('a new tenant that a person confirms gets new accounts, and who left is done with there', async () => {
    await move({ baseUrl: other.baseUrl });
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await wiki.parked()).length === 2);
    expect((await wiki.call('POST', '/connectors/wiki/confirm-place')).body.place).toBe('confirmed');
    await wiki.inTime(() => other.dump().users.some(({ userName }) => userName === 'bob@corp.example'));
    await wiki.inTime(async () => (await item('ada'))['inSync'] === true);
    await wiki.inTime(() => other.dump().groups.flatMap(({ members }) => members).length === 1);
    // Back at the old one, what was concluded at the new one is another question.
    await wiki.connect();
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
  });

  /** As an older version left it: deleted, at a place that its facts do not name; the account is there all the same. */
  const goneBefore = async (name: string): Promise<void> => {
    await wiki.connect({ deprovision: { onUnassign: 'delete', onLeave: 'delete' } });
    const [user] = wiki.users(name);
    const group = wiki.stub.dump().groups[0];
    const kept = { ...user };
    const members = [...(group?.members ?? [])];
    await wiki.publish(leaver(name, 2));
    await wiki.inSync(name, 2);
    wiki.stub.directory.restore(kept as StubUser);
    if (group !== undefined) group.members = members;
    await wiki.db.query(`alter table events disable trigger user`);
    await wiki.db.query(
      `update events set data = (data::jsonb - 'place')::text where stream like 'account-' || $1 || '%' and type like 'Account%'`,
      [personId(name)],
    );
    await wiki.db.query(`update account set state = state - 'former' - 'place' where identity_id = $1`, [
      personId(name),
    ]);
  };

  it('an account that counted as gone before places were kept is looked for on the first proof, once', async () => {
    await goneBefore('ada');
    expect(wiki.users('ada')).toMatchObject([{ active: true }]);
    // As after an upgrade: no place has been proven yet.
    await wiki.db.query(`update connector_place set reopened = false, proven = false`);
    await wiki.connect({ auth: { type: 'api-key', header: 'authorization', key: `Bearer ${stubToken}` } });
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
    await wiki.quiescence();
    const before = await facts();
    await wiki.connect();
    await eventually(async () => (await place()) === 'proven');
    await wiki.quiescence();
    expect(await facts()).toBe(before);
  });

  it('a person can have what counts as gone looked for again', async () => {
    await goneBefore('ada');
    await wiki.quiescence();
    expect(wiki.users('ada')).toMatchObject([{ active: true }]);
    await wiki.connect();
    expect((await wiki.call('POST', '/connectors/wiki/look-again', undefined, { roles: ['auditor'] })).status).toBe(
      403,
    );
    expect((await wiki.call('POST', '/connectors/blog/look-again')).status).toBe(404);
    expect((await wiki.call('POST', '/connectors/wiki/look-again')).status).toBe(200);
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
  });
});
