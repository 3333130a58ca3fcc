import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, saysInSync, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('an application in trouble', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  it('a lost answer makes no second account', async () => {
    await wiki.connect();
    wiki.stub.faults = { losePostEvery: 1 };
    await wiki.publish(desired('ada', 1));
    await eventually(() => wiki.users('ada').length === 1);
    wiki.stub.faults = {};
    await wiki.inTime(async () => (await wiki.results()).some(saysInSync));
    expect(wiki.users('ada')).toHaveLength(1);
    expect((await wiki.results()).filter(({ type }) => type.endsWith('account.created.v1'))).toHaveLength(1);
  });

  it('somebody who leaves while the answer to their creation is unknown ends up disabled, even if looking for it fails', async () => {
    await wiki.connect();
    wiki.stub.faults = { losePostEvery: 1 };
    await wiki.publish(desired('ada', 1));
    await eventually(() => wiki.users('ada').length === 1);
    wiki.stub.faults = {};
    // The secret before the newest is tried, too.
    await wiki.connect({ auth: { type: 'bearer', token: 'wrong' } });
    await wiki.connect({ auth: { type: 'bearer', token: 'wrong again' } });
    await wiki.inTime(async () => (await wiki.health()) === 'auth-failed');
    await wiki.publish(leaver('ada', 2));
    await wiki.connect();
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    expect(wiki.users('ada')).toHaveLength(1);
  });

  it('an account that gets further is not parked, however many attempts fail in all', async () => {
    await wiki.connect({ retry: { attempts: 2 } });
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    const failed = new Set<string>();
    wiki.stub.reply = ({ method, url }) => {
      const step = method === 'POST' && url.endsWith('/Users') ? 'creation' : method === 'PATCH' ? 'grant' : null;
      if (step === null || failed.has(step)) return null;
      failed.add(step);
      return { status: 503, body: null };
    };
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    const isThere = ({ type, body }: Awaited<ReturnType<typeof wiki.results>>[number]): boolean =>
      body.identity === personId('ada') && (body.inSync === true || type.endsWith('in-sync.v1'));
    await wiki.inTime(async () => (await wiki.results()).some(isThere));
    expect([await wiki.parked(), [...failed]]).toEqual([[], ['creation', 'grant']]);
  });

  it('a duplicate look-up never adopts another person’s account', async () => {
    wiki.stub.directory.addUser({ userName: 'ada@corp.example', externalId: 'of-someone-else', active: true });
    wiki.stub.directory.addUser({ userName: 'bob@corp.example', active: true });
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }), desired('bob', 1, { groups: ['Staff'] }));
    await eventually(async () => (await wiki.parked()).length === 2);
    expect((await wiki.parked()).map(({ code }) => code).sort()).toEqual(['account-of-another', 'account-of-unknown']);
    expect([
      wiki.users('ada').length,
      wiki.users('bob').length,
      wiki.stub.counters['POST'] ?? 0,
      wiki.stub.counters['PATCH'] ?? 0,
    ]).toEqual([1, 1, 0, 0]);
  });

  it('takes an account over once a person says whose it is, and leaves its identifiers alone', async () => {
    const account = wiki.stub.directory.addUser({
      userName: 'ada@corp.example',
      emails: [{ value: 'old@corp.example' }],
      active: true,
    });
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await eventually(async () => (await wiki.parked()).length === 1);
    await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`);
    await eventually(async () => (await wiki.parked()).length === 1);
    wiki.stub.directory.answer(
      'PATCH',
      `/Users/${account.id}`,
      JSON.stringify({ Operations: [{ op: 'add', path: 'externalId', value: personId('ada') }] }),
    );
    expect((await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`)).status).toBe(204);
    await wiki.inSync('ada', 1);
    expect(wiki.users('ada')).toMatchObject([
      { id: account.id, emails: [{ value: 'old@corp.example' }], displayName: 'ada Person' },
    ]);
    expect(wiki.members('Staff')).toEqual(['ada@corp.example']);
    await wiki.publish(desired('ada', 2, { groups: ['Staff'] }));
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')[0]?.['emails']).toMatchObject([{ value: 'ada@corp.example' }]);
  });

  it('leaves alone what a person dismissed, until something else is desired', async () => {
    wiki.stub.directory.addUser({ userName: 'ada@corp.example', active: true });
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    const dismiss = `/connectors/wiki/parked/${personId('ada')}/dismiss`;
    expect((await wiki.call('POST', dismiss, { reason: ' ' })).body.errors).toMatchObject([{ pointer: '/reason' }]);
    expect((await wiki.call('POST', dismiss, { reason: 'Ada keeps her old account' })).status).toBe(204);
    expect(await wiki.parked()).toEqual([]);
    const told = (await wiki.results()).find(({ type }) => type === 'hub.provisioning.attention.dismissed.v1');
    expect(told).toMatchObject({
      key: personId('ada'),
      actor: expect.stringMatching(/^subject\//),
      body: {
        connector: 'wiki',
        application: 'wiki',
        identity: personId('ada'),
        code: 'account-of-unknown',
        dismissedBy: told?.actor.slice('subject/'.length),
        reason: 'Ada keeps her old account',
      },
    });
    const shown = await wiki.call('GET', '/connectors/wiki/accounts');
    expect(shown.body.items).toMatchObject([
      { identity: personId('ada'), inSync: false, waiting: false, parked: null },
    ]);
    expect((await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/dismiss`)).status).toBe(404);
    await wiki.publish(desired('ada', 2, { groups: ['Staff'] }));
    await eventually(async () => (await wiki.parked()).length === 1);
    // The reason is no must.
    expect((await wiki.call('POST', dismiss)).status).toBe(204);
  });

  it('invalid credentials write nothing, the connector says so, and goes on once they are mended', async () => {
    await wiki.connect({ auth: { type: 'bearer', token: 'wrong' } });
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await eventually(async () => (await wiki.health()) === 'auth-failed');
    expect(wiki.stub.dump()).toEqual({ users: [], groups: [] });
    expect(await wiki.parked()).toEqual([]);
    await wiki.connect();
    await wiki.inTime(() => wiki.users('ada').length === 1 && wiki.users('bob').length === 1);
    await eventually(async () => (await wiki.health()) === 'working');
  });

  it.each([
    ['refuses the credentials', { refuseWith: 401 }, 'auth-failed'],
    ['is down', { refuseWith: 503 }, 'unreachable'],
  ] as const)(
    'an application that %s costs few calls and records for many accounts, and then nobody waits',
    async (_, how, state) => {
      await wiki.connect();
      wiki.stub.faults = { refuseEvery: 1, ...how };
      const batch = Array.from({ length: 60 }, (__, n) => `p${n}`);
      await wiki.publish(...batch.map((name) => desired(name, 1)));
      await eventually(async () => (await wiki.health()) === state);
      for (let minute = 0; minute < 20; minute += 1) {
        wiki.clock.advance(60_000);
        await wiki.quiescence();
      }
      const facts = await wiki.db.query(`select 1 from events where stream like 'account-%'`);
      expect(facts.length).toBeLessThan(400);
      wiki.stub.faults = {};
      await wiki.connect({ displayName: 'Wiki again' });
      await eventually(async () => (await wiki.health()) !== state);
      wiki.clock.advance(60_000);
      await eventually(() => wiki.stub.directory.userCount === 60);
      expect(await wiki.health()).toBe('working');
    },
  );

  it('503 that says for how long is obeyed, as 429 is', async () => {
    await wiki.connect();
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 503, retryAfterSeconds: 120 };
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.health()) === 'throttled');
    wiki.stub.faults = {};
    const before = { ...wiki.stub.counters };
    wiki.clock.advance(110_000);
    await wiki.quiescence();
    expect(wiki.stub.counters).toEqual(before);
    wiki.clock.advance(11_000);
    await eventually(() => wiki.users('ada').length === 1);
  });

  it('429 pauses the whole connector for as long as it asks', async () => {
    await wiki.connect();
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 429, retryAfterSeconds: 30 };
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.health()) === 'throttled');
    wiki.stub.faults = {};
    const before = { ...wiki.stub.counters };
    await wiki.publish(desired('bob', 1));
    wiki.clock.advance(25_000);
    await eventually(
      async () => (await wiki.db.query(`select 1 from desired where identity_id = $1`, [personId('bob')])).length === 1,
    );
    expect(wiki.stub.counters).toEqual(before);
    wiki.clock.advance(10_000);
    await eventually(() => wiki.users('ada').length === 1 && wiki.users('bob').length === 1);
  });

  it('makes an account again that somebody deleted in the application', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.directory.reset();
    await wiki.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' }, groups: ['Staff'] }));
    await wiki.inTime(() => wiki.members('Staff').length === 1);
    expect(wiki.users('ada')).toMatchObject([{ displayName: 'Ada King', active: true }]);
  });

  it.each([
    ['is not there, and may not be made', 0, 'group-missing', 'create it there'],
    ['several have the name of', 2, 'group-ambiguous', 'rename all but one'],
  ])('parks accounts that need a group that %s, with the correction', async (_, groups, code, mend) => {
    for (let n = 0; n < groups; n += 1) wiki.stub.directory.answer('POST', '/Groups', '{"displayName":"Staff"}');
    await wiki.connect({ groups: { create: false } });
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code, detail: expect.stringContaining(mend) }]);
  });

  it('parks the account of a person who should have a role, which no connector can grant, once all else is done', async () => {
    await wiki.connect();
    const message = desired('ada', 1, { groups: ['Staff'] });
    const role = { role: 'Admin', because: message.body.entitlements[0]?.because ?? [] };
    await wiki.publish({ ...message, body: { ...message.body, entitlements: [...message.body.entitlements, role] } });
    await eventually(async () => (await wiki.parked()).length === 1);
    const mend = expect.stringContaining('cannot grant role:Admin: take it out of the package');
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code: 'not-grantable', detail: mend }]);
    expect(wiki.stub.dump().groups).toMatchObject([{ displayName: 'Staff', members: [expect.anything()] }]);
  });

  it('parks what the application refuses, and tells nobody else’s business', async () => {
    await wiki.connect();
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 400 };
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    wiki.stub.faults = {};
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code: 'validation' }]);
  });
});
