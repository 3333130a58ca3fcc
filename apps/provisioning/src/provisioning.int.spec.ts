import { jest } from '@jest/globals';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../test/support/eventually.js';
import {
  application,
  assignmentOf,
  connector,
  desired,
  leaver,
  personId,
  runningProvisioning,
  stubToken,
  type RunningProvisioning,
} from './provisioning.fixtures.js';

jest.setTimeout(60_000);

/** Nothing differs any more from the desired access this result names. */
const saysInSync = ({ type, body }: PublicMessage<ResultMessage>): boolean =>
  body.inSync === true || type === 'hub.provisioning.account.in-sync.v1';

describe('provisioning', () => {
  let hub: RunningProvisioning;
  beforeEach(async () => {
    hub = await runningProvisioning();
    await hub.publish(application());
  });
  afterEach(() => hub.stop());

  const connect = async (overrides: object = {}): Promise<void> => {
    const { status, text } = await hub.call('PUT', '/connectors/wiki', connector(hub.stub, overrides));
    if (status >= 300) throw new Error(text);
  };
  const users = (name: string) => hub.stub.dump().users.filter((user) => user.userName === `${name}@corp.example`);
  const members = (group: string): string[] => {
    const { users: all, groups } = hub.stub.dump();
    const names = new Map(all.map((user) => [user.id, user.userName ?? '']));
    return groups
      .filter(({ displayName }) => displayName === group)
      .flatMap((one) => one.members.map(({ value }) => names.get(value) ?? value))
      .sort();
  };
  const inSync = (name: string, sequence: number): Promise<boolean> =>
    eventually(async () =>
      (await hub.results()).some(
        (result) =>
          saysInSync(result) && result.body.identity === personId(name) && result.body.desiredSequence === sequence,
      ),
    );
  const parked = async (): Promise<{ id: string; code: string }[]> =>
    (await hub.call('GET', '/connectors/wiki/parked')).body.items;
  const health = async (): Promise<string> => (await hub.call('GET', '/connectors/wiki')).body.health.state;
  /** The worker has looked, and done nothing that its log tells of. */
  const settled = async (): Promise<void> => {
    let before = '';
    await eventually(
      async () => {
        const [row] = await hub.db.query<{ n: string }>(`select count(*)::text as n from events`);
        const now = `${row?.n ?? ''} ${JSON.stringify(hub.stub.counters)}`;
        const same = now === before;
        before = now;
        return same;
      },
      { everyMs: 300 },
    );
  };
  /** Lets time pass until it is so: retries wait by the hub's clock. */
  const inTime = (check: () => boolean | Promise<boolean>): Promise<boolean> =>
    eventually(
      async () => {
        if (await check()) return true;
        hub.clock.advance(1_000);
        return false;
      },
      { everyMs: 100, timeoutMs: 30_000 },
    );

  it('makes what is desired an account with its groups, and says so with its causes', async () => {
    await connect();
    const wanted = desired('ada', 3, { groups: ['Editors', 'Staff'] });
    await hub.publish(wanted);
    await inSync('ada', 3);
    expect(users('ada')).toMatchObject([
      { externalId: personId('ada'), active: true, displayName: 'ada Person', name: { familyName: 'Person' } },
    ]);
    expect([members('Staff'), members('Editors')]).toEqual([['ada@corp.example'], ['ada@corp.example']]);
    const results = await hub.results();
    expect(results.map(({ type, body }) => [type.split('.').slice(2, 4).join('.'), body.kind, body.group])).toEqual([
      ['operation.started', 'create-account', undefined],
      ['account.created', 'create-account', undefined],
      ['operation.started', 'add-member', 'Editors'],
      ['membership.added', 'add-member', 'Editors'],
      ['operation.started', 'add-member', 'Staff'],
      ['membership.added', 'add-member', 'Staff'],
    ]);
    expect(results.map(({ body }) => body.inSync === true)).toEqual([false, false, false, false, false, true]);
    for (const result of results) {
      expect([result.causationId, result.correlationId]).toEqual([wanted.id, wanted.correlationId]);
      expect(result.body.because).toEqual([assignmentOf('ada')]);
    }
  });

  it('twice: the same message, and an older one, change nothing', async () => {
    await connect();
    await hub.publish(desired('ada', 3));
    await inSync('ada', 3);
    const before = await hub.results();
    await hub.publish(desired('ada', 3), { ...leaver('ada', 2), source: '/governance/elsewhere' }, desired('bob', 1));
    await inSync('bob', 1);
    expect(users('ada')).toMatchObject([{ active: true }]);
    expect((await hub.results()).filter(({ body }) => body.identity === personId('ada'))).toEqual(before);
  });

  it('a lost answer makes no second account', async () => {
    await connect();
    hub.stub.faults = { losePostEvery: 1 };
    await hub.publish(desired('ada', 1));
    await eventually(() => users('ada').length === 1);
    hub.stub.faults = {};
    await inTime(async () => (await hub.results()).some(saysInSync));
    expect(users('ada')).toHaveLength(1);
    expect((await hub.results()).filter(({ type }) => type.endsWith('account.created.v1'))).toHaveLength(1);
  });

  it('somebody who leaves while the answer to their creation is unknown ends up disabled, even if looking for it fails', async () => {
    await connect();
    hub.stub.faults = { losePostEvery: 1 };
    await hub.publish(desired('ada', 1));
    await eventually(() => users('ada').length === 1);
    hub.stub.faults = {};
    await connect({ auth: { type: 'bearer', token: 'wrong' } });
    await inTime(async () => (await health()) === 'auth-failed');
    await hub.publish(leaver('ada', 2));
    await connect();
    await inTime(() => users('ada')[0]?.active === false);
    expect(users('ada')).toHaveLength(1);
  });

  it('a duplicate look-up never adopts another person’s account', async () => {
    hub.stub.directory.addUser({ userName: 'ada@corp.example', externalId: 'of-someone-else', active: true });
    hub.stub.directory.addUser({ userName: 'bob@corp.example', active: true });
    await connect();
    await hub.publish(desired('ada', 1, { groups: ['Staff'] }), desired('bob', 1, { groups: ['Staff'] }));
    await eventually(async () => (await parked()).length === 2);
    expect((await parked()).map(({ code }) => code).sort()).toEqual(['account-of-another', 'account-of-unknown']);
    expect([
      users('ada').length,
      users('bob').length,
      hub.stub.counters['POST'] ?? 0,
      hub.stub.counters['PATCH'] ?? 0,
    ]).toEqual([1, 1, 0, 0]);
  });

  it('takes an account over once a person says whose it is, and leaves its identifiers alone', async () => {
    const account = hub.stub.directory.addUser({
      userName: 'ada@corp.example',
      emails: [{ value: 'old@corp.example' }],
      active: true,
    });
    await connect();
    await hub.publish(desired('ada', 1, { groups: ['Staff'] }));
    await eventually(async () => (await parked()).length === 1);
    await hub.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`);
    await eventually(async () => (await parked()).length === 1);
    hub.stub.directory.answer(
      'PATCH',
      `/Users/${account.id}`,
      JSON.stringify({ Operations: [{ op: 'add', path: 'externalId', value: personId('ada') }] }),
    );
    expect((await hub.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`)).status).toBe(204);
    await inSync('ada', 1);
    expect(users('ada')).toMatchObject([
      { id: account.id, emails: [{ value: 'old@corp.example' }], displayName: 'ada Person' },
    ]);
    expect(members('Staff')).toEqual(['ada@corp.example']);
    await hub.publish(desired('ada', 2, { groups: ['Staff'] }));
    await inSync('ada', 2);
    expect(users('ada')[0]?.['emails']).toMatchObject([{ value: 'ada@corp.example' }]);
  });

  it('leaves alone what a person dismissed, until something else is desired', async () => {
    hub.stub.directory.addUser({ userName: 'ada@corp.example', active: true });
    await connect();
    await hub.publish(desired('ada', 1));
    await eventually(async () => (await parked()).length === 1);
    expect((await hub.call('POST', `/connectors/wiki/parked/${personId('ada')}/dismiss`)).status).toBe(204);
    expect(await parked()).toEqual([]);
    expect((await hub.call('POST', `/connectors/wiki/parked/${personId('ada')}/dismiss`)).status).toBe(404);
    await hub.publish(desired('ada', 2, { groups: ['Staff'] }));
    await eventually(async () => (await parked()).length === 1);
  });

  it('invalid credentials write nothing, the connector says so, and goes on once they are mended', async () => {
    await connect({ auth: { type: 'bearer', token: 'wrong' } });
    await hub.publish(desired('ada', 1), desired('bob', 1));
    await eventually(async () => (await health()) === 'auth-failed');
    expect(hub.stub.dump()).toEqual({ users: [], groups: [] });
    expect(await parked()).toEqual([]);
    await connect();
    await inTime(() => users('ada').length === 1 && users('bob').length === 1);
    await eventually(async () => (await health()) === 'working');
  });

  it.each([
    ['refuses the credentials', { refuseWith: 401 }, 'auth-failed'],
    ['is down', { refuseWith: 503 }, 'unreachable'],
  ] as const)(
    'an application that %s costs a crowd few calls and records, and then nobody waits',
    async (_, how, state) => {
      await connect();
      hub.stub.faults = { refuseEvery: 1, ...how };
      const crowd = Array.from({ length: 60 }, (__, n) => `p${n}`);
      await hub.publish(...crowd.map((name) => desired(name, 1)));
      await eventually(async () => (await health()) === state);
      for (let minute = 0; minute < 20; minute += 1) {
        hub.clock.advance(60_000);
        await settled();
      }
      const facts = await hub.db.query(`select 1 from events where stream like 'account-%'`);
      expect(facts.length).toBeLessThan(400);
      hub.stub.faults = {};
      await connect({ displayName: 'Wiki again' });
      hub.clock.advance(60_000);
      await eventually(() => hub.stub.directory.userCount === 60);
      expect(await health()).toBe('working');
    },
  );

  it('503 that says for how long is obeyed, as 429 is', async () => {
    await connect();
    hub.stub.faults = { refuseEvery: 1, refuseWith: 503, retryAfterSeconds: 120 };
    await hub.publish(desired('ada', 1));
    await eventually(async () => (await health()) === 'throttled');
    hub.stub.faults = {};
    const before = { ...hub.stub.counters };
    hub.clock.advance(110_000);
    await settled();
    expect(hub.stub.counters).toEqual(before);
    hub.clock.advance(11_000);
    await eventually(() => users('ada').length === 1);
  });

  it('429 pauses the whole connector for as long as it asks', async () => {
    await connect();
    hub.stub.faults = { refuseEvery: 1, refuseWith: 429, retryAfterSeconds: 30 };
    await hub.publish(desired('ada', 1));
    await eventually(async () => (await health()) === 'throttled');
    hub.stub.faults = {};
    const before = { ...hub.stub.counters };
    await hub.publish(desired('bob', 1));
    hub.clock.advance(25_000);
    await eventually(
      async () => (await hub.db.query(`select 1 from desired where identity_id = $1`, [personId('bob')])).length === 1,
    );
    expect(hub.stub.counters).toEqual(before);
    hub.clock.advance(10_000);
    await eventually(() => users('ada').length === 1 && users('bob').length === 1);
  });

  it('shuts a leaver out first, then takes the groups away, each read back; and brings the same account back', async () => {
    await connect();
    await hub.publish(desired('ada', 1, { groups: ['Editors', 'Staff'] }));
    await inSync('ada', 1);
    await hub.publish(leaver('ada', 2));
    await inSync('ada', 2);
    expect([users('ada')[0]?.active, members('Staff'), members('Editors')]).toEqual([false, [], []]);
    const taken = (await hub.results()).filter(({ body }) => body.desiredSequence === 2 && body.verified !== undefined);
    expect(taken.map(({ body }) => [body.kind, body.group, body.verified, body.because])).toEqual([
      ['disable-account', undefined, true, [assignmentOf('ada')]],
      ['remove-member', 'Editors', true, [assignmentOf('ada')]],
      ['remove-member', 'Staff', true, [assignmentOf('ada')]],
    ]);
    await hub.publish(desired('ada', 3, { groups: ['Staff'], attributes: { displayName: 'Ada King' } }));
    await inSync('ada', 3);
    expect(users('ada')).toMatchObject([{ active: true, displayName: 'Ada King' }]);
    expect(members('Staff')).toEqual(['ada@corp.example']);
  });

  it('a leaver does not wait for what was under way to give access', async () => {
    await connect();
    hub.stub.faults = { delayMs: 150, path: '/scim/v2/Groups' };
    const groups = Array.from({ length: 12 }, (_, n) => `G${String(n).padStart(2, '0')}`);
    await hub.publish(desired('ada', 1, { groups }));
    await eventually(() => members('G01').length === 1);
    await hub.publish(leaver('ada', 2));
    await eventually(() => users('ada')[0]?.active === false);
    expect(members('G11')).toEqual([]);
    await inSync('ada', 2);
    expect(groups.flatMap(members)).toEqual([]);
  });

  it('joins members of one group in few calls, each with an outcome of its own', async () => {
    await connect();
    const crowd = Array.from({ length: 60 }, (_, n) => `p${n}`);
    await hub.publish(...crowd.map((name) => desired(name, 1, { groups: ['Staff'] })));
    await Promise.all(crowd.map((name) => inSync(name, 1)));
    expect(members('Staff')).toEqual(crowd.map((name) => `${name}@corp.example`).sort());
    expect(hub.stub.dump().groups).toHaveLength(1);
    expect(hub.stub.counters['PATCH']).toBeLessThan(30);
    expect((await hub.results()).filter(({ type }) => type.endsWith('membership.added.v1'))).toHaveLength(60);
  });

  it('makes an account again that somebody deleted in the application', async () => {
    await connect();
    await hub.publish(desired('ada', 1));
    await inSync('ada', 1);
    hub.stub.directory.reset();
    await hub.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' }, groups: ['Staff'] }));
    await inTime(() => members('Staff').length === 1);
    expect(users('ada')).toMatchObject([{ displayName: 'Ada King', active: true }]);
  });

  it('observes without writing until it is released, and paused only takes access away', async () => {
    await connect({ mode: 'observe' });
    await hub.publish(desired('ada', 1), desired('bob', 1));
    await eventually(async () => (await hub.db.query(`select 1 from desired`)).length === 2);
    expect((await hub.call('POST', '/connectors/wiki/release')).body.mode).toBe('enforce');
    await inSync('ada', 1);
    await inSync('bob', 1);
    await hub.call('POST', '/connectors/wiki/pause');
    await hub.publish(desired('eve', 1), leaver('bob', 2));
    await eventually(() => users('bob')[0]?.active === false);
    expect(users('eve')).toEqual([]);
    await hub.call('POST', '/connectors/wiki/resume');
    await inSync('eve', 1);
  });

  it('parks what the application refuses, and tells nobody else’s business', async () => {
    await connect();
    hub.stub.faults = { refuseEvery: 1, refuseWith: 400 };
    await hub.publish(desired('ada', 1));
    await eventually(async () => (await parked()).length === 1);
    hub.stub.faults = {};
    await hub.publish(desired('bob', 1));
    await inSync('bob', 1);
    expect(await parked()).toMatchObject([{ id: personId('ada'), code: 'validation' }]);
  });

  it('shows accounts and what was done', async () => {
    await connect();
    await hub.publish(desired('ada', 1, { groups: ['Staff'] }));
    await inSync('ada', 1);
    const accounts = await hub.call('GET', '/connectors/wiki/accounts');
    expect(accounts.body.items).toMatchObject([
      { identity: personId('ada'), status: 'active', groups: ['Staff'], inSync: true },
    ]);
    const operations = await hub.call('GET', `/connectors/wiki/operations?identity=${personId('ada')}`);
    expect(operations.body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['add-member', 'create-account']);
    expect((await hub.call('POST', '/connectors/wiki/test')).body).toMatchObject({ ok: true });
  });

  it('never shows or stores a secret in the clear', async () => {
    await connect();
    const { headers, text } = await hub.call('GET', '/connectors/wiki');
    expect(JSON.parse(text).auth).toEqual({ type: 'bearer', token: { set: true } });
    const tables = await hub.db.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('provisioning', 'bus')`,
    );
    for (const { name } of tables) {
      const [row] = await hub.db.query<{ found: boolean }>(
        `select coalesce(bool_or(t::text like '%' || $1 || '%'), false) as found from ${name} t`,
        [stubToken],
      );
      expect([name, row?.found]).toEqual([name, false]);
    }
    const again = await hub.call('PUT', '/connectors/wiki', connector(hub.stub, { auth: JSON.parse(text).auth }), {
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    expect([again.status, again.headers.get('etag')]).toEqual([200, headers.get('etag')]);
  });

  it.each([
    ['an unknown field', { colour: 'red' }, '/colour'],
    ['a mode nobody serves', { protocol: 'ldap' }, '/protocol'],
    ['a documented field not served yet', { window: {} }, '/window'],
    ['mutual TLS', { auth: { type: 'mtls' } }, '/auth/type'],
    ['an address of the inner network', { baseUrl: 'http://10.0.0.1/scim' }, '/baseUrl'],
    ['the metadata address', { baseUrl: 'http://169.254.169.254/' }, '/baseUrl'],
    [
      'a token endpoint in the inner network',
      { auth: { type: 'oauth2-client-credentials', tokenUrl: 'http://10.0.0.1/t', clientId: 'a', clientSecret: 'b' } },
      '/auth/tokenUrl',
    ],
    ['a secret of the hub itself', { auth: { type: 'bearer', token: 'env:HUB_MASTER_KEY' } }, '/auth/token'],
    [
      'a process’s own environment as a file',
      { auth: { type: 'bearer', token: 'file:/proc/self/environ' } },
      '/auth/token',
    ],
    [
      'a target nobody can write',
      { mapping: [{ target: '__proto__.x', type: 'constant', value: 1 }] },
      '/mapping/0/target',
    ],
  ])('refuses %s by name', async (_, overrides, pointer) => {
    const { status, body } = await hub.call('PUT', '/connectors/wiki', connector(hub.stub, overrides));
    expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('keeps a secret from another host than it was given for', async () => {
    await connect();
    const moved = connector(hub.stub, {
      baseUrl: 'https://elsewhere.example/scim',
      auth: { type: 'bearer', token: { set: true } },
    });
    const { status, body } = await hub.call('PUT', '/connectors/wiki', moved);
    expect([status, body.errors[0].pointer]).toEqual([400, '/auth/token']);
  });

  it('answers the wrong version, role and action with a problem', async () => {
    await connect();
    const changed = connector(hub.stub, { displayName: 'Other' });
    expect((await hub.call('PUT', '/connectors/wiki', changed, { headers: { 'if-match': '"99"' } })).status).toBe(412);
    expect((await hub.call('GET', '/connectors/wiki', undefined, { roles: ['requester'] })).status).toBe(403);
    expect((await hub.call('GET', '/connectors/nobody')).status).toBe(404);
    expect((await hub.call('POST', '/connectors/wiki/reconcile')).body).toMatchObject({
      status: 404,
      code: 'not_served_yet',
    });
  });

  it('is released by an owner where the application has one', async () => {
    await hub.publish({ ...application({ owners: [personId('owner')] }), sequence: 2 });
    await connect({ mode: 'observe' });
    await eventually(async () => (await hub.db.query(`select 1 from application where owners <> '{}'`)).length === 1);
    expect((await hub.call('POST', '/connectors/wiki/release')).body).toMatchObject({
      status: 403,
      code: 'connector.not_owner',
    });
  });
});
