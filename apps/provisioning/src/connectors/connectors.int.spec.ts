import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { application, connector, desired, leaver, personId, stubToken } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import { some } from '../../../../test/support/some.js';

jest.setTimeout(60_000);

const direct = (source: string): object => ({ target: 'title', type: 'direct', source });

describe('a connector', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  it('applies a changed mapping to everybody already there, also to those it parked', async () => {
    const department = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department';
    await wiki.connect();
    const names = ['ada', 'bob', 'eve'];
    const sales = { attributes: { department: 'Sales' } };
    await wiki.publish(...names.map((name) => desired(name, 1, sales)));
    for (const name of names) await wiki.inSync(name, 1);
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 400 };
    await wiki.connect({ mapping: [{ target: 'title', type: 'constant', value: 'nobody' }] });
    await eventually(async () => (await wiki.parked()).length === 3);
    wiki.stub.faults = {};
    await wiki.connect({ mapping: [{ target: department, type: 'direct', source: 'department' }] });
    await eventually(() => names.every((name) => JSON.stringify(wiki.users(name)[0]).includes('"department":"Sales"')));
    expect(await wiki.parked()).toEqual([]);
    const facts = async (): Promise<number> =>
      (await wiki.db.query(`select 1 from events where stream like 'account-%'`)).length;
    await wiki.quiescence();
    const before = await facts();
    await wiki.connect({
      displayName: 'Other',
      mapping: [{ target: department, type: 'direct', source: 'department' }],
    });
    await wiki.quiescence();
    expect(await facts()).toBe(before);
  });

  it('serves an application that comes from another connector', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await wiki.call('PUT', '/connectors/other', connector(wiki.stub));
    await wiki.publish({ ...application({ connectorId: 'other' }), sequence: 2 });
    await eventually(
      async () => (await wiki.call('GET', '/connectors/other/accounts')).body.items[0]?.account !== null,
    );
    expect(wiki.users('ada')).toHaveLength(1);
  });

  it('observes without writing until it is released, and paused only takes access away', async () => {
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await eventually(async () => (await wiki.db.query(`select 1 from desired`)).length === 2);
    expect((await wiki.call('POST', '/connectors/wiki/release')).body.mode).toBe('enforce');
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);
    await wiki.call('POST', '/connectors/wiki/pause');
    await wiki.publish(desired('eve', 1), leaver('bob', 2));
    await eventually(() => wiki.users('bob')[0]?.active === false);
    expect(wiki.users('eve')).toEqual([]);
    await wiki.call('POST', '/connectors/wiki/resume');
    await wiki.inSync('eve', 1);
  });

  it('does not stop enforcing because a statement leaves the mode out, as that of before a release does', async () => {
    await wiki.connect({ mode: undefined });
    await wiki.call('POST', '/connectors/wiki/release');
    const again = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { mode: undefined }));
    expect([again.status, again.body.errors]).toEqual([
      400,
      [{ pointer: '/mode', detail: expect.stringContaining('give enforce') }],
    ]);
    expect((await wiki.call('GET', '/connectors/wiki')).body.mode).toBe('enforce');
    await wiki.connect({ mode: 'observe' });
    expect((await wiki.call('GET', '/connectors/wiki')).body.mode).toBe('observe');
  });

  it('takes its document back as it was read, and that changes nothing', async () => {
    const mapping = [
      direct('jobTitle'),
      { target: 'preferredLanguage', type: 'constant', value: 'en' },
      { target: 'nickName', type: 'expression', expression: 'ToLower([givenName])', default: 'nobody' },
    ];
    await wiki.connect({ mapping, deprovision: { onLeave: 'delete' }, limits: { concurrency: 4 } });
    const read = await wiki.call('GET', '/connectors/wiki');
    const put = await wiki.call('PUT', '/connectors/wiki', read.body);
    expect([put.status, put.headers.get('etag')]).toEqual([200, read.headers.get('etag')]);
    const copied = await wiki.call('PUT', '/connectors/copy', {
      ...read.body,
      auth: { type: 'bearer', token: stubToken },
    });
    expect([copied.status, copied.body]).toMatchObject([201, { id: 'copy', mapping: read.body.mapping }]);
  });

  it('shows accounts and what was done', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    const accounts = await wiki.call('GET', '/connectors/wiki/accounts');
    expect(accounts.body.items).toMatchObject([
      { identity: personId('ada'), status: 'active', groups: ['Staff'], inSync: true },
    ]);
    const operations = await wiki.call('GET', `/connectors/wiki/operations?identity=${personId('ada')}`);
    expect(operations.body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['add-member', 'create-account']);
    expect((await wiki.call('POST', '/connectors/wiki/test')).body).toMatchObject({ ok: true });
  });

  it('lists what was done for everybody, page by page, and what a filter asks for', async () => {
    await wiki.connect();
    const names = ['ada', 'bob', 'eve'];
    await wiki.publish(...names.map((name) => desired(name, 1, { groups: ['Staff'] })));
    for (const name of names) await wiki.inSync(name, 1);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await wiki.call('GET', `/connectors/wiki/operations?limit=2&cursor=${cursor}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor as string | null;
    }
    const outcomes = await wiki.db.query<{ id: string }>(
      `select id from events where stream like 'account-%' and type not like '%Started' order by epoch desc, tx desc, position desc`,
    );
    expect(seen).toEqual(outcomes.map(({ id }) => id));
    const count = async (list: string, filter: string): Promise<number> =>
      (await wiki.call('GET', `/connectors${list}?filter=${encodeURIComponent(filter)}`)).body.items.length;
    expect([
      await count('/wiki/operations', 'kind eq "create-account" and status eq 201'),
      await count('/wiki/operations', 'type eq "hub.provisioning.membership.added.v1"'),
      await count('/wiki/operations', `identity eq "${personId('ada')}"`),
      await count('/wiki/accounts', 'userName eq "ADA@corp.example" and inSync eq true'),
      await count('/wiki/parked', 'code eq "validation"'),
      await count('', 'mode eq "enforce"'),
    ]).toEqual([3, 3, 2, 1, 0, 1]);
    for (const list of ['accounts', 'operations', 'parked'])
      expect((await wiki.call('GET', `/connectors/nobody/${list}`)).status).toBe(404);
    expect((await wiki.call('GET', '/connectors/wiki/accounts?filter=colour eq 1')).status).toBe(400);
  });

  it('never shows or stores a secret in the clear', async () => {
    await wiki.connect();
    const { headers, text } = await wiki.call('GET', '/connectors/wiki');
    expect(JSON.parse(text).auth).toEqual({ type: 'bearer', token: { set: true } });
    const tables = await wiki.db.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('provisioning', 'bus')`,
    );
    for (const { name } of some(tables)) {
      const [row] = await wiki.db.query<{ found: boolean }>(
        `select coalesce(bool_or(t::text like '%' || $1 || '%'), false) as found from ${name} t`,
        [stubToken],
      );
      expect([name, row?.found]).toEqual([name, false]);
    }
    const again = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { auth: JSON.parse(text).auth }), {
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    expect([again.status, again.headers.get('etag')]).toEqual([200, headers.get('etag')]);
  });

  it('masks a secret that the application echoes, wherever it would be told or stored', async () => {
    await wiki.connect();
    wiki.stub.reply = ({ method, body }, usual) => {
      const echo = `you said Bearer ${stubToken}, ${Buffer.from(stubToken).toString('base64')}`;
      if (method === 'POST' && body.includes('ada@'))
        return { status: 400, body: { scimType: stubToken, detail: echo } };
      if (method === 'POST') usual();
      return method === 'POST' ? { status: 200, body: `<html>${echo}</html>` } : null;
    };
    wiki.stub.directory.addUser({ externalId: personId('eve'), userName: 'eve@corp.example', displayName: stubToken });
    await wiki.publish(desired('ada', 1), desired('bob', 1), desired('eve', 1));
    await wiki.inSync('eve', 1);
    await wiki.inTime(async () => (await wiki.parked()).length === 1 && wiki.users('bob').length === 1);
    await wiki.quiescence();
    expect(await wiki.parked()).toMatchObject([{ detail: '***: you said Bearer ***, ***' }]);
    const told = JSON.stringify(await wiki.results());
    expect(told).toContain('you said Bearer ***');
    expect(told).not.toContain(stubToken);
    for (const list of ['accounts', 'operations', 'parked'])
      expect((await wiki.call('GET', `/connectors/wiki/${list}`)).text).not.toContain(stubToken);
    for (const table of [
      'bus.message',
      'provisioning.desired',
      'provisioning.account',
      'provisioning.connector_health',
    ]) {
      const [row] = await wiki.db.query<{ found: boolean }>(
        `select coalesce(bool_or(t::text like '%' || $1 || '%'), false) as found from ${table} t`,
        [stubToken],
      );
      expect([table, row?.found]).toEqual([table, false]);
    }
  });

  it('that is exchanged shows which one counts now', async () => {
    const accepted = async (): Promise<unknown> => (await wiki.call('GET', '/connectors/wiki')).body.credentials;
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await eventually(async () => ((await accepted()) as { accepted: string }).accepted === 'current');
    await wiki.connect({ auth: { type: 'bearer', token: 'not-in-place-yet' } });
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    await eventually(async () => ((await accepted()) as { accepted: string }).accepted === 'former');
    expect(await accepted()).toMatchObject({ warning: expect.stringContaining('accepts the former secret') });
    await wiki.connect({ auth: { type: 'bearer', token: stubToken }, mode: 'observe' });
    expect(await accepted()).toMatchObject({ accepted: 'unknown', warning: '' });
  });

  it('that was stated with a reference it may not use any more says so, and calls nobody', async () => {
    await wiki.connect({ mode: 'observe' });
    await wiki.db.query(
      `update connector set version = version + 1,
         document = document || '{"mode":"enforce","auth":{"type":"bearer","token":{"reference":"env:WIKI_TOKEN"}}}'::jsonb`,
    );
    await eventually(async () => (await wiki.health()) === 'misconfigured');
    const { health } = (await wiki.call('GET', '/connectors/wiki')).body;
    expect(health.detail).toContain('env:WIKI_TOKEN is not a variable of this connector: name it CONNECTOR_WIKI__NAME');
    expect(await wiki.metrics()).toContain('hub_connector_working{connector="wiki",state="misconfigured"} 0');
    expect(wiki.stub.counters).toEqual({});
  });

  it('reads a secret from its own variable', async () => {
    process.env['CONNECTOR_WIKI__TOKEN'] = `${stubToken}\n`;
    try {
      await wiki.connect({ auth: { type: 'bearer', token: 'env:CONNECTOR_WIKI__TOKEN' } });
      await wiki.publish(desired('ada', 1));
      await wiki.inSync('ada', 1);
      expect(await wiki.metrics()).toContain('hub_connector_working{connector="wiki",state="working"} 1');
    } finally {
      delete process.env['CONNECTOR_WIKI__TOKEN'];
    }
  });

  it('keeps a secret from another host than it was given for', async () => {
    await wiki.connect();
    const moved = connector(wiki.stub, {
      baseUrl: 'https://elsewhere.example/scim',
      auth: { type: 'bearer', token: { set: true } },
    });
    const { status, body } = await wiki.call('PUT', '/connectors/wiki', moved);
    expect([status, body.errors[0].pointer]).toEqual([400, '/auth/token']);
  });

  it('answers the wrong version, role and name with a problem', async () => {
    await wiki.connect();
    const changed = connector(wiki.stub, { displayName: 'Other' });
    expect((await wiki.call('PUT', '/connectors/wiki', changed, { headers: { 'if-match': '"99"' } })).status).toBe(412);
    expect((await wiki.call('GET', '/connectors/wiki', undefined, { roles: ['requester'] })).status).toBe(403);
    expect((await wiki.call('GET', '/connectors/nobody')).status).toBe(404);
  });

  it('that observes is released, not stated to enforce', async () => {
    await wiki.connect({ mode: 'observe' });
    const { status, body } = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub));
    expect([status, body.errors[0].pointer]).toEqual([400, '/mode']);
    expect((await wiki.call('POST', '/connectors/wiki/release')).status).toBe(200);
    expect((await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub))).status).toBe(200);
  });

  it('of two who changed the same version, one is told', async () => {
    await wiki.connect();
    const ifMatch = (await wiki.call('GET', '/connectors/wiki')).headers.get('etag') ?? '';
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((displayName) =>
        wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { displayName }), {
          headers: { 'if-match': ifMatch },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('tells in a test when the application shows accounts that were not asked for', async () => {
    await wiki.connect();
    wiki.stub.directory.addUser({ userName: 'bob@corp.example' });
    wiki.stub.directory.ignoreFilters();
    expect((await wiki.call('POST', '/connectors/wiki/test')).body).toMatchObject({
      ok: false,
      code: 'look-up-unreliable',
      status: 200,
    });
  });

  it('is released by an owner where the application has one', async () => {
    await wiki.publish({ ...application({ owners: [personId('owner')] }), sequence: 2 });
    await wiki.connect({ mode: 'observe' });
    await eventually(async () => (await wiki.db.query(`select 1 from application where owners <> '{}'`)).length === 1);
    expect((await wiki.call('POST', '/connectors/wiki/release')).body).toMatchObject({
      status: 403,
      code: 'connector.not_owner',
    });
  });
});
