import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { readingEnded } from '#libs/contracts/readings.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import { Database } from '#libs/event-store/database.js';
import { Notifier } from '#libs/event-store/notifier.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { openCheckpoint, parseVkey } from '#libs/merkle-log/note.js';
import { verifyConsistency, verifyInclusion } from '#libs/merkle-log/tree.js';
import { verifyEvidencePack } from '#libs/merkle-log/verify-pack.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { httpFront } from '#libs/service-kit/http/http-front.js';
import { close, listen } from '#libs/service-kit/http/http-server.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { startService, type RunningService } from '#libs/service-kit/service/start-service.js';
import { testMasterKey } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { loseAnswers } from '../../../test/support/lost-answers.js';
import { Conformance } from '../../../test/support/conformance.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { audit } from './audit.service.js';
import { hire, minute, readingAt, Story } from './log/messages.fixtures.js';

const clock = new TestClock(minute(0));
const logged: string[] = [];
let database: Awaited<ReturnType<typeof freshDatabase>>;
let service: RunningService;
let server: Server;
let url: string;
let issuer: LocalIssuer;
let auditor: string;
let db: Database;
let publisher: PostgresBus;

beforeAll(async () => {
  database = await freshDatabase();
  issuer = LocalIssuer.open(mkdtempSync(join(tmpdir(), 'audit-')), 'identity-hub', clock);
  const notifier = new Notifier();
  service = await startService(audit, {
    migrate: true,
    settings: loadSettings({}),
    databaseUrl: database.url,
    masterKey: testMasterKey,
    tokens: issuer.verifier(),
    logger: new JsonLogger('spec', { write: (line) => void logged.push(line) }),
    clock,
    notifier,
    alone: true,
    ownedDir: mkdtempSync(join(tmpdir(), 'audit-record-')),
  });
  ({ server, url } = await listen(httpFront([service]), '127.0.0.1', 0));
  db = await Database.open({ url: database.url, schema: 'audit', migrations: [], notifier, crossProcess: false });
  publisher = new PostgresBus({
    store: new EventStore(db, testMasterKey, () => clock.now(), await currentEpoch(db)),
    onError: () => undefined,
  });
});
afterAll(async () => {
  await close(server, 100);
  await service.stop();
  await db.close();
  await database.drop();
});

async function get<Body = { items: Record<string, unknown>[]; nextCursor: string | null }>(
  path: string,
  status = 200,
): Promise<Body> {
  const response = await fetch(`${url}/audit/v1/${path}`, { headers: { authorization: `Bearer ${auditor}` } });
  const text = await response.text();
  await Conformance.check(url, 'GET', `/audit/v1/${path}`, {
    status: response.status,
    headers: response.headers,
    text,
  });
  expect([response.status, response.status === status ? '' : text]).toEqual([status, '']);
  return (response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text) as Body;
}

let logSize = 0;

/** Publishes at `time`, and waits until the log has it. */
async function publish(time: string, messages: readonly PublicMessage[]): Promise<void> {
  clock.set(time);
  await publisher.publish(messages);
  logSize += messages.length;
  await eventually(async () => (await db.query(`select 1 from tree_head where size = $1`, [logSize])).length === 1);
}

interface Item {
  readonly identity: { readonly id: string; readonly employeeId: string | null; readonly displayName: string | null };
  readonly entitlements: readonly Record<string, unknown>[];
  readonly since: string;
  readonly until: string | null;
  readonly state: string;
  readonly enabled: boolean;
  readonly why: readonly {
    readonly package: string;
    readonly named: object;
    readonly by: Record<string, unknown>;
    readonly origin: { readonly type: string };
  }[];
}
const access = async (query: string): Promise<Item[]> =>
  (await get<{ items: Item[] }>(`access?application=chat&${query}`)).items;

const ada = new Story('ada');
const grace = new Story('grace');

/** What the catalog says of what has a name. */
function defined(kind: string, id: string, body: object): PublicMessage {
  const type = `hub.governance.${kind}.defined.v1`;
  const about = { topic: topics.catalog, key: id, subject: id, type, source: `/governance/${kind}-${id}` };
  return { ...grace.hired(minute(0)), ...about, id: uuidv7(), body };
}
const told = [
  defined('application', 'chat', { application: 'chat', displayName: 'Chat', connectorId: 'chat', owners: [] }),
  defined('access-package', 'analyst', { package: 'analyst', version: 1, displayName: 'Analyst', grants: [] }),
  defined('birthright-rule', 'everyone', { rule: 'everyone', displayName: 'Everybody', packages: ['basics'] }),
];

/** 09:00 hired, 09:02 account · 10:00 asks, 10:05 approved, 10:07 in the group · 17:00 leaves, 17:01 off, verified 17:02. */
async function adasDay(): Promise<void> {
  await publish(minute(3), [...told, ...hire(ada), ...hire(grace)]);
  ada.begin();
  const because = [ada.assignment('analyst')];
  const basics = { account: true, because: [ada.assignment('basics')] } as const;
  const asked = ada.requested(minute(60), 'submitted', { justification: 'I analyse' });
  const decided = ada.requested(
    minute(65),
    'decided',
    { stage: 0, approver: grace.identity, decision: 'approve', comment: 'she does' },
    asked,
  );
  const approved = ada.requested(minute(65), 'approved', {}, decided);
  const by = { type: 'request', request: asked.subject, approvers: [grace.identity] };
  const assigned = ada.assigned(minute(65), approved, 'analyst', by);
  const desired = ada.desired(minute(65), assigned, [basics, { group: 'analysts', because }]);
  const started = ada.result(minute(66), 'operation.started', desired, {
    kind: 'add-member',
    group: 'analysts',
    because,
  });
  const added = ada.result(minute(67), 'membership.added', started, {
    kind: 'add-member',
    group: 'analysts',
    because,
    seen: 'yes',
  });
  await publish(minute(68), [asked, decided, approved, assigned, desired, started, added]);
  ada.begin();
  const left = ada.known(minute(480), added, 'inactive');
  const nothing = ada.desired(minute(480), left, []);
  const disabling = ada.result(minute(481), 'operation.started', nothing, { kind: 'disable-account' });
  const disabled = ada.result(minute(482), 'account.disabled', disabling, { kind: 'disable-account', verified: true });
  await publish(minute(483), [left, nothing, disabling, disabled]);
}

beforeAll(async () => {
  await adasDay();
  auditor = await issuer.issue('grace', { roles: ['auditor'] });
});

describe('who had access, and why', () => {
  it('names the account by its birthright rule, back to the HR record', async () => {
    const [first] = (await access(`at=${minute(30)}`)).filter(({ identity }) => identity.id === ada.identity);
    expect(first).toMatchObject({
      identity: { id: ada.identity, employeeId: 'no-ada', displayName: 'ada Example' },
      since: minute(1),
      until: minute(482),
      state: 'confirmed',
      enabled: true,
      confirmedAt: minute(2),
      shouldHaveEnded: false,
      entitlements: [
        {
          account: true,
          since: minute(1),
          until: minute(482),
          state: 'confirmed',
          confirmedAt: minute(2),
          shouldHaveEnded: false,
          justifiedUntil: null,
        },
      ],
      lastWhy: [],
      named: { application: { id: 'chat', displayName: 'Chat' } },
      why: [
        {
          package: 'basics',
          named: {
            package: { id: 'basics', displayName: null },
            rule: { id: 'everyone', displayName: 'Everybody' },
          },
          by: { type: 'birthright', rule: 'everyone' },
          origin: { type: 'hub.hr.worker.hired.v1' },
        },
      ],
    });
  });

  it('names a group by its request, who approved it, and both their words', async () => {
    const [item] = (await access(`at=${minute(120)}`)).filter(({ identity }) => identity.id === ada.identity);
    const noReading = { lastSeenAt: null, sinceUnknown: false };
    const confirmed = { state: 'confirmed', shouldHaveEnded: false, justifiedUntil: null, ...noReading };
    expect(item?.entitlements).toEqual([
      { account: true, since: minute(1), until: minute(482), confirmedAt: minute(2), ...confirmed },
      { group: 'analysts', since: minute(66), until: null, confirmedAt: minute(67), ...confirmed },
    ]);
    expect(item?.why.find((one) => one.package === 'analyst')?.by).toMatchObject({
      type: 'request',
      requester: { id: ada.identity, displayName: 'ada Example' },
      justification: 'I analyse',
      approvals: [
        { approver: { displayName: 'grace Example' }, decision: 'approve', comment: 'she does', at: minute(65) },
      ],
    });
  });

  it('names applications, packages and people beside their ids, in entries as in answers', async () => {
    const [item] = (await access(`at=${minute(120)}`)).filter(({ identity }) => identity.id === ada.identity);
    expect(item?.why.map(({ named }) => named)).toContainEqual({
      package: { id: 'analyst', displayName: 'Analyst' },
      rule: null,
    });
    const { items } = await get(
      `entries?limit=1&filter=${encodeURIComponent(`identity eq "${ada.identity}" and type co "operation"`)}`,
    );
    expect(items).toMatchObject([
      {
        named: {
          identity: { id: ada.identity, employeeId: 'no-ada', displayName: 'ada Example' },
          actor: null,
          application: { id: 'chat', displayName: 'Chat' },
        },
      },
    ]);
    expect((await get('identities/' + ada.identity + '/timeline')).items[0]).toMatchObject({
      named: { application: { id: 'chat', displayName: 'Chat' } },
    });
  });

  it('tells what was possible from what was decided', async () => {
    const ids = async (query: string): Promise<string[]> =>
      (await access(query)).map(({ identity }) => identity.id).sort();
    const both = [ada.identity, grace.identity].sort();
    expect(await ids(`at=${minute(0)}&basis=decided`)).toEqual(both);
    expect(await ids(`at=${minute(0)}&basis=possible`)).toEqual([]);
    expect(await ids(`at=${minute(481)}&basis=decided`)).toEqual([grace.identity]);
    expect(await ids(`at=${minute(481)}`)).toEqual(both);
    expect(await ids(`at=${minute(482)}`)).toEqual([grace.identity]);
    expect(await ids(`at=${minute(482)}&includeDisabled=true`)).toEqual(both);
  });

  it('tells access that should have ended, justified and confirmed by nothing any more', async () => {
    const [item] = (await access(`at=${minute(481)}`)).filter(({ identity }) => identity.id === ada.identity);
    const ended = { state: 'possible', shouldHaveEnded: true, justifiedUntil: minute(480) };
    expect(item).toMatchObject({
      state: 'possible',
      shouldHaveEnded: true,
      entitlements: [
        { account: true, ...ended },
        { group: 'analysts', ...ended },
      ],
      why: [],
      lastWhy: [{ package: 'basics' }, { package: 'analyst' }],
    });
    const { items } = await get(`identities/${ada.identity}/timeline`);
    const said = {
      justifiedUntil: minute(480),
      justifiedUntilEntry: expect.any(Number),
      confirmedEntry: expect.any(Number),
    };
    expect(items.filter((one) => one['basis'] === 'possible' && one['enabled'] === true)).toMatchObject([
      { account: true, until: minute(482), state: 'confirmed', shouldHaveEnded: false, ...said },
      { group: 'analysts', until: null, state: 'possible', shouldHaveEnded: true, ...said },
    ]);
  });

  it('answers as was known at another time', async () => {
    const before = await access(`at=${minute(483)}&knownAt=${minute(100)}`);
    expect(before.find(({ identity }) => identity.id === ada.identity)).toMatchObject({ until: null });
    expect((await access(`at=${minute(483)}`)).map(({ identity }) => identity.id)).toEqual([grace.identity]);
    expect(await access(`at=${minute(483)}&knownAt=${minute(2)}`)).toEqual([]);
  });

  it('comes in pages', async () => {
    const path = `access?at=${minute(30)}&limit=1`;
    const one = await get<{ items: Item[]; nextCursor: string }>(path);
    const two = await get<{ items: Item[]; nextCursor: string | null }>(`${path}&cursor=${one.nextCursor}`);
    expect([one.items.length, two.items.length, two.nextCursor]).toEqual([1, 1, null]);
    expect(one.items[0]?.identity.id).not.toBe(two.items[0]?.identity.id);
  });

  it('looks through part of many people who had access at other times, and says where to go on', async () => {
    await db.query(
      `insert into holder (application, identity) select 'batch', gen_random_uuid() from generate_series(1, 3000)`,
    );
    await publish(minute(483), [ada.desired(minute(483), ada.hired(minute(483)), [], 'batch')]);
    const one = await get('access?application=batch');
    expect([one.items, one.nextCursor]).toEqual([[], expect.any(String)]);
    expect(await get(`access?application=batch&cursor=${String(one.nextCursor)}`)).toEqual({
      items: [],
      nextCursor: null,
    });
    await db.query(`delete from holder where application = 'batch'`);
  });

  it('shows an identity over time, on both bases, with the entries that say so', async () => {
    const { items } = await get(`identities/${ada.identity}/timeline`);
    const lines = items.map((one) => [
      one['basis'],
      one['account'] ?? one['group'],
      one['since'],
      one['until'],
      one['enabled'],
    ]);
    expect(lines).toEqual([
      ['decided', true, minute(0), minute(480), true],
      ['possible', true, minute(1), minute(482), true],
      ['decided', 'analysts', minute(65), minute(480), true],
      ['possible', 'analysts', minute(66), null, true],
      ['possible', true, minute(482), null, false],
    ]);
    expect(items[1]).toMatchObject({ sinceRecordedAt: minute(3), confirmedAt: minute(2) });
    const entry = await get<Record<string, unknown>>(`entries/${String(items[1]?.['sinceEntry'])}`);
    expect(entry).toMatchObject({
      type: 'hub.provisioning.operation.started.v1',
      data: { kind: 'create-account', identity: ada.identity },
    });
  });

  it('shows what readings showed: seen first and last, first missing, and since when nobody knows', async () => {
    const linus = new Story('linus');
    const reading = (n: number): PublicMessage => {
      const [startedAt, endedAt] = [minute(n), minute(n + 1)];
      const ended = {
        reading: readingAt(endedAt),
        connector: 'paper-scim',
        applications: ['paper'],
        status: 'completed',
      };
      const counts = { accounts: 1, missing: 0, holdings: 1, holdingsComplete: true };
      const about = { key: 'paper-scim', subject: 'paper-scim', source: `/provisioning/reading-${ended.reading}` };
      const message = {
        ...linus.observed(endedAt, [], 'paper'),
        ...about,
        id: uuidv7(),
        type: readingEnded,
        sequence: 1,
      };
      return { ...message, body: { ...ended, startedAt, endedAt, ...counts } };
    };
    const seen = { origin: 'as-found', firstSeenAt: minute(100), sinceUnknown: true } as const;
    const paper = { application: 'paper', displayName: 'Paper', connectorId: 'paper-scim', owners: [] };
    await publish(minute(483), [
      defined('application', 'paper', paper),
      linus.observed(
        minute(101),
        [
          { account: true, ...seen },
          { group: 'Old', ...seen },
        ],
        'paper',
      ),
      ...[100, 200].map(reading),
      linus.observed(minute(301), [{ account: true, ...seen }], 'paper'),
      ...[300, 400].map(reading),
    ]);
    const observed = async (n: number) =>
      (await get<{ items: Item[] }>(`access?application=paper&basis=observed&at=${minute(n)}`)).items;
    expect(await observed(99)).toEqual([]);
    expect(await observed(250)).toMatchObject([
      {
        state: 'confirmed',
        entitlements: [
          { account: true, since: minute(100), until: null, lastSeenAt: minute(200), sinceUnknown: true },
          { group: 'Old', until: minute(301), lastSeenAt: minute(200), sinceUnknown: true },
        ],
        coverage: { lastReadAt: minute(200), holdingsReadAt: minute(200) },
        why: [],
      },
    ]);
    expect(await observed(450)).toMatchObject([{ entitlements: [{ account: true, lastSeenAt: minute(400) }] }]);
    // Nobody has read the other application.
    const neverRead = { coverage: { lastReadAt: null, holdingsReadAt: null } };
    expect((await access(`at=${minute(60)}`))[0]).toMatchObject(neverRead);
    const { items } = await get(`identities/${linus.identity}/timeline`);
    const shown = (name: string) => items.find((one) => one['basis'] === 'observed' && one[name] !== undefined);
    const entry = expect.any(Number);
    expect(items).toHaveLength(2);
    expect(shown('account')).toMatchObject({ lastSeenAt: minute(400), lastSeenEntry: entry, until: null });
    expect(shown('group')).toMatchObject({
      sinceUnknown: true,
      since: minute(100),
      sinceEntry: entry,
      lastSeenAt: minute(200),
      until: minute(301),
      untilEntry: entry,
    });
  });

  it.each([
    ['access?basis=guessed', '/basis', 'must be decided, possible or observed'],
    ['access?at=2026-03-03', '/at', 'must be an instant'],
    ['access?at=2026-02-30T12:00:00Z', '/at', 'must be an instant'],
    ['access?knownAt=0000-01-01T12:00:00Z', '/knownAt', 'must be an instant'],
    ['access?identity=ada', '/identity', 'UUID'],
    ['access?filter=x', '/filter', 'is an unknown field'],
    ['identities/ada/timeline', '/id', 'UUID'],
    ['entries?filter=colour eq "red"', '/filter', 'unknown attribute'],
    ['entries?filter=type eq', '/filter', 'at '],
    [`access?at=${minute(484)}`, '/at', 'is in the future'],
    [`access?knownAt=${minute(484)}`, '/knownAt', 'is in the future'],
    [`identities/${ada.identity}/timeline?knownAt=${minute(484)}`, '/knownAt', 'is in the future'],
    [`entries?filter=occurredat lt "${minute(484)}"`, '/filter', 'in the future'],
    [`entries?filter=id pr and not (recordedAt gt "${minute(484)}")`, '/filter', 'in the future'],
    ['entries/1/proof?size=9999', '/size', 'no more entries'],
    ['entries/x', '/index', 'whole number'],
    ['consistency', '/from', 'missing'],
    ['checkpoint?size=3', '/size', 'unknown field'],
    ['log?from=3', '/from', 'unknown field'],
  ])('refuses %s naming %s and the mend', async (path, pointer, detail) => {
    const { errors } = await get<{ errors: { pointer: string; detail: string }[] }>(path, 400);
    expect(errors[0]).toEqual({ pointer, detail: expect.stringContaining(detail) });
  });

  it.each([
    ['access?application=chta', 'the application "chta"'],
    [`access?identity=${ada.worker}`, `the identity "${ada.worker}"`],
    [`identities/${ada.worker}/timeline`, `the identity "${ada.worker}"`],
    [`entries?filter=application eq "chta"`, 'the application "chta"'],
    [`entries?filter=id pr and not (Application ne "chta")`, 'the application "chta"'],
    [`entries?filter=identity eq "${ada.worker}"`, `the identity "${ada.worker}"`],
    [`entries?filter=subject eq "basicks"`, 'the subject "basicks"'],
    [`entries?filter=actor eq "service/tset"`, 'the actor "service/tset"'],
    [`entries?filter=source eq "/test/nothing"`, 'the source "/test/nothing"'],
    [`entries?filter=type eq "hub.hr.worker.fired.v1"`, 'the type "hub.hr.worker.fired.v1"'],
  ])('does not answer about what the log never named: %s', async (path, named) => {
    expect(await get<object>(path, 404)).toMatchObject({
      code: 'not_found',
      detail: `the log does not know ${named}: check how it is written`,
    });
  });

  it('answers about a kind of event that has not happened yet', async () => {
    expect((await get(`entries?filter=type eq "hub.hr.worker.rehired.v1"`)).items).toEqual([]);
  });

  it('answers nobody without the role', async () => {
    for (const path of ['entries', 'access', 'checkpoint', `identities/${ada.identity}/timeline`, 'exports/x']) {
      expect((await fetch(`${url}/audit/v1/${path}`)).status).toBe(401);
    }
  });
});

describe('entries and proofs', () => {
  it('finds entries by filter, in order, and opens what they say about people', async () => {
    const filter = encodeURIComponent(`identity eq "${ada.identity}" and type sw "hub.governance.request"`);
    const { items } = await get(`entries?filter=${filter}`);
    expect(items.map((one) => one['type'])).toEqual(
      ['submitted', 'decided', 'approved'].map((what) => `hub.governance.request.${what}.v1`),
    );
    expect(items[1]).toMatchObject({
      actor: 'service/test',
      personal: [{ subject: grace.identity, fields: { comment: 'she does' } }],
    });
    const chain = await get(`entries?filter=${encodeURIComponent(`causationId eq "${String(items[0]?.['id'])}"`)}`);
    expect(chain.items.map((one) => one['index'])).toEqual([items[1]?.['index']]);
  });

  it('proves each entry against the checkpoint it signs, and one checkpoint against the next', async () => {
    const { vkey } = await get<{ vkey: string }>('checkpoint/key');
    const { size, root } = openCheckpoint(await get<string>('checkpoint'), parseVkey(vkey));
    expect(size).toBe(logSize);
    const proof = await get<{ leafHash: string; path: string[] }>('entries/5/proof');
    const bytes = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'base64'));
    expect(verifyInclusion(bytes([proof.leafHash])[0] ?? root, 5, size, bytes(proof.path), root)).toBe(true);
    const consistency = await get<{ path: string[]; fromRoot: string }>('consistency?from=12');
    const before = { size: 12, root: bytes([consistency.fromRoot])[0] ?? root };
    expect(verifyConsistency(before, { size, root }, bytes(consistency.path))).toBe(true);
  });
});

describe('an export', () => {
  async function exported(scope: object): Promise<Buffer> {
    const headers = { authorization: `Bearer ${auditor}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ scope, from: minute(0), to: minute(483) });
    const started = await fetch(`${url}/audit/v1/exports`, { method: 'POST', headers, body });
    expect(started.status).toBe(202);
    const location = started.headers.get('location') ?? '';
    const href = await eventually(async () => {
      const job = (await (await fetch(url + location, { headers })).json()) as { status: string; href: string | null };
      return job.status === 'completed' ? job.href : undefined;
    });
    const pack = await fetch(url + href, { headers });
    expect(pack.headers.get('content-type')).toBe('application/zip');
    return Buffer.from(await pack.arrayBuffer());
  }

  it.each([
    ['an application', { application: 'chat' }],
    ['an identity', { identity: ada.identity }],
  ])('of %s proves offline, with the causes of everything in it', async (_, scope) => {
    const { vkey } = await get<{ vkey: string }>('checkpoint/key');
    const verdict = verifyEvidencePack(await exported(scope), vkey);
    expect(verdict).toMatchObject({ ok: true, findings: [], checkpoint: { size: logSize } });
    expect(verdict.entries).toBeGreaterThanOrEqual(17);
  });

  it('whose answer was lost is found, and not made twice, when it is repeated under its Idempotency-Key', async () => {
    const headers = {
      authorization: `Bearer ${auditor}`,
      'content-type': 'application/json',
      'idempotency-key': 'lost-1',
    };
    const body = JSON.stringify({ scope: { application: 'chat' }, from: minute(0), to: minute(483) });
    const start = async (): Promise<{ id: string }> =>
      (await (await fetch(`${url}/audit/v1/exports`, { method: 'POST', headers, body })).json()) as { id: string };
    const { id } = await start();
    await loseAnswers(db, 'audit');
    expect((await start()).id).toBe(id);
  });

  it('that cannot be put together fails after a few attempts, with the reason, and holds up no other', async () => {
    const change = (from: string, to: string): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.query(`set local session_replication_role = replica`);
        await tx.query(
          `update leaf set leaf_data = $2 || substr(leaf_data, 2) where application = 'chat' and starts_with(leaf_data, $1)`,
          [from, to],
        );
      });
    const headers = { authorization: `Bearer ${auditor}`, 'content-type': 'application/json' };
    const start = async (scope: object): Promise<string> => {
      const body = JSON.stringify({ scope, from: minute(0), to: minute(483) });
      return (await fetch(`${url}/audit/v1/exports`, { method: 'POST', headers, body })).headers.get('location') ?? '';
    };
    const jobAt = async (location: string): Promise<{ status: string; error: string | null; href: string | null }> =>
      (await (await fetch(url + location, { headers })).json()) as Awaited<ReturnType<typeof jobAt>>;
    const before = logged.length;
    await change('{', '!');
    const broken = await start({ application: 'chat' });
    const sound = await start({ application: 'batch' });
    const failed = await eventually(async () => {
      // Nobody waits for the pauses between the attempts.
      await db.query(`update timer set claimed_until = null where failures > 0`);
      clock.advance(0);
      const job = await jobAt(broken);
      return job.status === 'running' ? undefined : job;
    });
    expect(failed).toMatchObject({ status: 'failed', href: null, error: expect.stringContaining('JSON') });
    expect(await eventually(async () => (await jobAt(sound)).status === 'completed')).toBe(true);
    const pack = await fetch(`${url}${broken}/pack`, { headers });
    expect([pack.status, ((await pack.json()) as { detail: string }).detail]).toEqual([409, failed.error]);
    await change('!', '{');
    const said = logged.splice(before);
    expect(said.length).toBeGreaterThan(0);
    // The check in the background may come by meanwhile, and rightly complains.
    expect(said.filter((line) => !/audit\.timer\.audit\.export|audit\.check/.test(line))).toEqual([]);
  });

  it('does not verify when an entry was changed in the database', async () => {
    const change = (from: string, to: string): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.query(`set local session_replication_role = replica`);
        await tx.query(
          `update leaf set leaf_data = replace(leaf_data, $1, $2) where identity = $3 and type = 'hub.provisioning.account.created.v1'`,
          [from, to, ada.identity],
        );
      });
    await change('"account":"u1"', '"account":"u2"');
    const verdict = verifyEvidencePack(await exported({ application: 'chat' }));
    expect(verdict).toMatchObject({
      ok: false,
      findings: [expect.stringContaining('its proof does not lead to the signed root')],
    });
    await change('"account":"u2"', '"account":"u1"');
  });

  it('refuses a package by name, a scope of nothing or two things, what the log never named and a time to come', async () => {
    const headers = { authorization: `Bearer ${auditor}`, 'content-type': 'application/json' };
    const refused = async (scope: object, to = minute(483)): Promise<unknown> => {
      const body = JSON.stringify({ scope, from: minute(0), to });
      return await (await fetch(`${url}/audit/v1/exports`, { method: 'POST', headers, body })).json();
    };
    expect(await refused({ package: 'basics' })).toMatchObject({
      status: 400,
      errors: [{ pointer: '/scope/package', detail: expect.stringContaining('not served yet') }],
    });
    expect(await refused({ application: 'chta' })).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refused({ identity: ada.worker })).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refused({ application: 'chat' }, minute(484))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/to', detail: expect.stringContaining('is in the future') }],
    });
    expect(await refused({})).toMatchObject({ status: 400, errors: [{ pointer: '/scope' }] });
    expect(await refused({ application: 'chat', identity: ada.identity })).toMatchObject({
      status: 400,
      errors: [{ pointer: '/scope' }],
    });
  });
});

it('documents every route', () => {
  const paths = Object.keys(service.document().paths).filter((path) => path.startsWith('/audit/v1/'));
  expect(paths.sort()).toEqual([
    '/audit/v1/access',
    '/audit/v1/checkpoint',
    '/audit/v1/checkpoint/key',
    '/audit/v1/checks',
    '/audit/v1/consistency',
    '/audit/v1/entries',
    '/audit/v1/entries/{index}',
    '/audit/v1/entries/{index}/proof',
    '/audit/v1/exports',
    '/audit/v1/exports/{id}',
    '/audit/v1/exports/{id}/pack',
    '/audit/v1/identities/{id}/timeline',
    '/audit/v1/log',
    '/audit/v1/parked-messages',
    '/audit/v1/parked-messages/{id}',
    '/audit/v1/parked-messages/{id}/dismiss',
    '/audit/v1/parked-messages/{id}/replay',
    '/audit/v1/positions',
    '/audit/v1/positions/resume',
    '/audit/v1/read-models',
    '/audit/v1/rebuilds',
    '/audit/v1/rebuilds/{id}',
    '/audit/v1/republications',
  ]);
});

it('nothing failed behind the scenes', () => {
  expect(logged.filter((line) => line.includes('"error"') && !line.includes('audit.check'))).toEqual([]);
});
