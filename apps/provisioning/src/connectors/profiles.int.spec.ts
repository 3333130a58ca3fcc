import { eventually } from '../../../../test/support/eventually.js';
import { described } from '../../../../test/targets/contract/subjects.js';
import { knownQuirks } from '../../../../test/targets/quirks/known-quirks.js';
import type { Resource } from '../../../../test/targets/quirks/quirk-directory.js';
import {
  type Quirk,
  quirkToken,
  type QuirkServer,
  startQuirkServer,
} from '../../../../test/targets/quirks/quirk-server.js';
import { connector, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

/** An API of its own that removes no accounts. */
const { baseUrl: _, ...invoicing } = described('invoicing', 'http://127.0.0.1:1');
const { remove: __, ...accounts } = invoicing['accounts'] as Record<string, unknown>;
const withoutRemoval = { ...invoicing, accounts };

/** RFC 7644 §3.7: each operation is answered by itself. */
const bulkServed: Quirk = {
  cites: 'RFC 7644 §3.7',
  instead: ({ path, body, directory }) => {
    if (path !== '/Bulk') return null;
    const operations = body['Operations'] as { method: string; path: string; bulkId: string; data: Resource }[];
    const answered = operations.map(({ method, path: of, bulkId, data }) => {
      const reply = directory.answer({ method, path: of, query: new URLSearchParams(), body: data });
      const location = `https://app.example/scim${of}/${String((reply.body as Resource | null)?.['id'] ?? '')}`;
      return { method, bulkId, location, status: String(reply.status), response: reply.body };
    });
    return { status: 200, body: { Operations: answered } };
  },
};

describe('the profile of a connector', () => {
  let wiki: Wiki;
  let server: QuirkServer | null = null;
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  afterEach(async () => {
    await server?.stop();
    server = null;
  });
  afterAll(() => wiki.stop());

  const documentAt = ({ baseUrl }: QuirkServer, more: object): object =>
    connector(wiki.stub, { baseUrl, auth: { type: 'bearer', token: quirkToken }, ...more });
  const put = (more: object): ReturnType<Wiki['call']> =>
    wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, more));

  it('is listed with every switch, and says what it is for', async () => {
    const { status, body } = await wiki.call('GET', '/profiles');
    const names = (body.items as { name: string }[]).map(({ name }) => name);
    expect([status, names]).toEqual([
      200,
      [
        'generic',
        'entra-style',
        'okta-style',
        'slack',
        'aws-identity-center',
        'salesforce',
        'github-emu',
        'servicenow',
        'scim1',
      ],
    ]);
    expect(body.items[4]).toMatchObject({ protocol: 'scim2', switches: { maxMembers: 100, readMembers: 'by-filter' } });
  });

  it.each([
    [{ profile: 'nothing-known' }, '/profile', 'generic'],
    [{ profile: { template: 'generic', switches: { maxMembers: 0 } } }, '/profile/switches/maxMembers', '1 to 10000'],
    [{ profile: { template: 'generic', switches: { speed: 1 } } }, '/profile/switches/speed', 'is no switch'],
    [
      { profile: { template: 'generic', switches: { memberChanges: 'put', readMembers: 'never' } } },
      '/profile/switches/memberChanges',
      'lose access',
    ],
    [{ profile: 'scim1' }, '/protocol', 'scim1'],
    [{ profile: { template: 'generic', switches: { tokenDays: 180 } } }, '/auth/expiresAt', '180 days'],
    [{ profile: 'slack', deprovision: { onLeave: 'delete' } }, '/deprovision/onLeave', 'must be disable'],
    [{ profile: 'slack', deprovision: { deleteAfter: 'P30D' } }, '/deprovision/deleteAfter', 'must be left out'],
    [
      { profile: { template: 'generic', switches: { deactivate: 'delete' } } },
      '/profile/switches/deactivate',
      'give soft in deleteMeans',
    ],
    [
      { profile: 'aws-identity-center', matching: [{ target: 'nickName', source: 'email' }] },
      '/matching/0/target',
      'userName',
    ],
    [
      { protocol: 'rest', rest: withoutRemoval, deprovision: { deleteAfter: 'P30D' } },
      '/rest/accounts/remove',
      'is missing',
    ],
    [{ profile: 'salesforce', groups: { create: true } }, '/groups/create', 'must be false'],
    [{ profile: 'salesforce' }, '/mapping', 'entitlements'],
    [{ limits: { requestsPerSecond: 0 } }, '/limits/requestsPerSecond', '0.01'],
    [{ retry: { firstSeconds: 0 } }, '/retry/firstSeconds', '0.1'],
  ])('is refused with the place and the mend: %j', async (more, pointer, mend) => {
    const { status, body } = await put(more);
    const said = (body.errors as { pointer: string; detail: string }[]).find((one) => one.pointer === pointer);
    expect([status, said?.detail]).toEqual([400, expect.stringContaining(mend)]);
  });

  it('is shown as it was stated, and can be put back, with its limits', async () => {
    const profile = { template: 'aws-identity-center', switches: { maxMembers: 50 } };
    const limits = { concurrency: 4, requestsPerSecond: 2.5 };
    const retry = { firstSeconds: 2, mostSeconds: 30, attempts: 5 };
    expect((await put({ profile, limits, retry })).status).toBeLessThan(300);
    const shown = (await wiki.call('GET', '/connectors/wiki')).body as unknown as Record<string, unknown>;
    expect(shown).toMatchObject({ profile, limits, retry });
    const again = await wiki.call('PUT', '/connectors/wiki', shown);
    expect([again.status, again.body.version]).toEqual([200, shown['version']]);
  });

  it('adds what its application needs in the mapping, where the document says nothing of it', async () => {
    expect((await put({ profile: 'slack' })).status).toBe(200);
    const { mapping } = (await wiki.call('GET', '/connectors/wiki')).body as unknown as {
      mapping: { target: string }[];
    };
    expect(mapping.map(({ target }) => target)).toEqual(['userName']);
  });

  it('gives a person an account and a group in an application that differs in every way that AWS does', async () => {
    server = await startQuirkServer(knownQuirks['aws-identity-center'] ?? []);
    const { directory } = server;
    const document = documentAt(server, { profile: 'aws-identity-center' });
    expect((await wiki.call('PUT', '/connectors/wiki', document)).status).toBe(200);
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await eventually(async () => (await wiki.parked()).length > 0 || (await wiki.inSync('ada', 1)), {
      timeoutMs: 20_000,
    });
    const account = directory.user('ada@corp.example');
    const [group] = [...directory.groups.values()];
    expect([await wiki.parked(), group?.['members']]).toEqual([[], [{ value: account?.['id'] }]]);
  });

  it('makes many accounts in few requests where the application takes Bulk and limits requests; one refused stops no other', async () => {
    server = await startQuirkServer([bulkServed]);
    const { directory, requests } = server;
    directory.add('Users', { userName: 'b3@corp.example', externalId: 'of-somebody-else', active: true });
    const profile = { template: 'generic', switches: { bulk: { maxOperations: 20, maxPayloadSize: 100_000 } } };
    const limited = documentAt(server, { profile, limits: { requestsPerSecond: 50 } });
    expect((await wiki.call('PUT', '/connectors/wiki', limited)).status).toBe(200);
    const names = Array.from({ length: 12 }, (_, n) => `b${n}`);
    await wiki.publish(...names.map((name) => desired(name, 1)));
    const others = names.filter((name) => name !== 'b3');
    await eventually(() => others.every((name) => directory.user(`${name}@corp.example`) !== undefined), {
      timeoutMs: 20_000,
    });
    for (const name of others) await wiki.inSync(name, 1);
    await eventually(async () => (await wiki.parked()).some(({ id }) => id === personId('b3')));
    expect(directory.users.size).toBe(names.length);
    const bulk = requests.filter((one) => one === 'POST /scim/Bulk').length;
    const alone = requests.filter((one) => one === 'POST /scim/Users').length;
    expect([bulk > 0, bulk + alone < others.length]).toEqual([true, true]);
    const off = documentAt(server, { profile, limits: { requestsPerSecond: 50, bulk: 'off' } });
    expect((await wiki.call('PUT', '/connectors/wiki', off)).status).toBe(200);
    await wiki.publish(...['c1', 'c2'].map((name) => desired(name, 1)));
    for (const name of ['c1', 'c2']) await wiki.inSync(name, 1);
    expect(requests.filter((one) => one === 'POST /scim/Bulk')).toHaveLength(bulk);
  });

  it('is proposed from what the application shows, without a trace there', async () => {
    server = await startQuirkServer(knownQuirks['entra-style'] ?? []);
    await wiki.call('PUT', '/connectors/wiki', documentAt(server, {}));
    const reading = await wiki.call('POST', '/connectors/wiki/discover', {});
    expect(reading.body).toMatchObject({ wrote: false, leftovers: [] });
    const written = await wiki.call('POST', '/connectors/wiki/discover', { write: true });
    expect(written.body).toMatchObject({
      profile: { template: 'generic', switches: { patchOps: 'capital', booleans: 'string' } },
      leftovers: [],
    });
    expect([...server.directory.users.values()].filter((one) => String(one['userName']).includes('probe'))).toEqual([]);
  });

  it('is checked without being stored: each promise is kept or not', async () => {
    server = await startQuirkServer([]);
    const before = (await wiki.call('GET', '/connectors/wiki')).body.version as number;
    const right = await wiki.call('POST', '/connectors/other/check', documentAt(server, {}));
    const outcomes = (right.body.checks as { name: string; outcome: string }[]).map(
      (one) => `${one.name} ${one.outcome}`,
    );
    expect([right.body.ok, outcomes.slice(0, 5)]).toEqual([
      true,
      ['address passed', 'connection passed', 'path passed', 'credentials passed', 'scope passed'],
    ]);
    const wrong = documentAt(server, { auth: { type: 'bearer', token: 'of-somebody-else' } });
    expect((await wiki.call('POST', '/connectors/other/check', wrong)).body).toMatchObject({ ok: false, code: 'auth' });
    expect((await wiki.call('GET', '/connectors/other')).status).toBe(404);
    expect((await wiki.call('GET', '/connectors/wiki')).body.version).toBe(before);
  });
});
