import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hrMessage, identityOf, worker } from '#apps/governance/src/governance.fixtures.js';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { topics } from '#libs/contracts/topics.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { SystemClock } from '#libs/system/clock.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import type { Running } from '#libs/service-kit/service/run.js';
import { migrateDatabase } from '#libs/service-kit/service/migrate.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { testMasterKey } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { call, type Answer } from '../../../test/support/hub.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { services } from './services.js';
import { startHub } from './start-hub.js';

interface Parked {
  readonly id: string;
  readonly group: string;
  readonly sequence: number;
  readonly waiting: number;
}
type Page = { readonly items: readonly Parked[]; readonly nextCursor: string | null };

const dataDir = mkdtempSync(join(tmpdir(), 'hub-parked-'));
const tokens: Record<string, string> = {};
let database: Awaited<ReturnType<typeof freshDatabase>>;
let hub: Running;
let db: Database;
let bus: PostgresBus;

beforeAll(async () => {
  database = await freshDatabase();
  await migrateDatabase(database.url, services);
  const settings = loadSettings({
    DATABASE_URL: database.url,
    HUB_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
    HUB_DATA_DIR: dataDir,
    PORT: '0',
  });
  hub = await startHub(settings, new JsonLogger('spec', { write: () => undefined }));
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, new SystemClock());
  for (const role of ['admin', 'auditor', 'policy-admin', 'connector-admin', 'security'])
    tokens[role] = await issuer.issue(`the ${role}`, { roles: [role] });
  db = await Database.open({
    url: database.url,
    schema: 'others',
    migrations: [...eventStoreMigrations, ...busMigrations],
  });
  bus = new PostgresBus({
    store: new EventStore(db, testMasterKey, () => '2026-03-02T09:00:00.000Z', await currentEpoch(db)),
    onError: () => undefined,
  });
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await db.close();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const as = <Body = Record<string, unknown>>(
  role: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer<Body>> => call<Body>(hub.url, method, path, { token: tokens[role] ?? '', ...(body && { body }) });

/** What a service has parked of one key, once it is this many messages. */
const parkedOf = (key: string, messages: number, service = 'governance'): Promise<Parked> =>
  eventually(async () => {
    const { body } = await as<Page>('auditor', 'GET', `/${service}/v1/parked-messages?limit=500`);
    const found = body.items.find((item) => 'key' in item && item.key === key);
    return found?.waiting === messages - 1 ? found : undefined;
  });

/** A hire that governance cannot use, and what HR says of that person after it. */
function broken(employeeId: string, later = 0): PublicMessage[] {
  const hired = hrMessage('hired', worker(employeeId));
  const poison = { ...hired, body: { ...hired.body, attributes: null } };
  const changes = Array.from({ length: later }, (_, n) => hrMessage('changed', worker(employeeId), n + 2));
  return [poison, ...changes];
}

const identityStatus = async (employeeId: string): Promise<number> =>
  (await as('admin', 'GET', `/governance/v1/identities/${identityOf(employeeId)}`)).status;

describe('a message that cannot be handled', () => {
  it('is shown with its reason and with what waits behind it, and nothing of its body', async () => {
    const [poison, ...later] = broken('100', 2);
    await bus.publish([...(poison === undefined ? [] : [poison]), ...later]);
    const { id } = await parkedOf(poison?.key ?? '', 3);
    const { status, body, text } = await as('auditor', 'GET', `/governance/v1/parked-messages/${id}`);
    expect(status).toBe(200);
    const { key, source, type } = poison ?? {};
    expect(body).toEqual({
      ...{ id: poison?.id, group: 'governance', topic: topics.lifecycle, key, type, source, sequence: 1, epoch: 1 },
      reason: 'it is not as the contract of its type says: /attributes is not object',
      failures: 1,
      parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      poison: true,
      waiting: 2,
    });
    expect(text).not.toMatch(/Given100|Family100/);
    expect((await as('auditor', 'GET', `/governance/v1/parked-messages/${later[0]?.id}`)).body).toMatchObject({
      sequence: 2,
      poison: false,
      failures: 0,
      waiting: 1,
    });
  });

  it('is listed page by page, key by key', async () => {
    const messages = ['111', '112', '113'].flatMap((employeeId) => broken(employeeId, 1));
    await bus.publish(messages);
    const keys = [...new Set(messages.map(({ key }) => key))];
    for (const key of keys) await parkedOf(key, 2);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/governance/v1/parked-messages?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body }: Answer<Page> = await as<Page>('policy-admin', 'GET', path);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const failed = messages.filter(({ sequence }) => sequence === 1).map(({ id }) => id);
    expect(seen).toEqual(expect.arrayContaining(failed));
    expect(seen).not.toContain(messages[1]?.id);
  });

  it('is handled with those behind it once it is replayed after what was wrong is mended, and not before', async () => {
    await db.query('alter table governance.identity rename to identity_away');
    const hired = hrMessage('hired', worker('120'));
    await bus.publish([hired, hrMessage('changed', worker('120', { department: 'Sales' }), 2)]);
    const { id } = await parkedOf(hired.key, 2);
    const replay = `/governance/v1/parked-messages/${id}/replay`;
    const reason = 'relation "identity" does not exist';
    expect((await as('policy-admin', 'POST', replay)).body).toEqual({
      ...{ id, group: 'governance', outcome: 'parked-again', stuck: { id, reason } },
    });
    expect((await as('auditor', 'GET', `/governance/v1/parked-messages/${id}`)).body).toMatchObject({
      failures: 6,
      reason,
    });
    await db.query('alter table governance.identity_away rename to identity');
    const { status, body } = await as('policy-admin', 'POST', replay);
    expect([status, body]).toEqual([200, { id, group: 'governance', outcome: 'replayed', stuck: null }]);
    expect((await as('admin', 'GET', `/governance/v1/identities/${identityOf('120')}`)).body).toMatchObject({
      department: 'Sales',
    });
    expect(await as('policy-admin', 'POST', replay)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('can be dismissed: those behind it go on, and the log says who did it and why', async () => {
    const [poison, ...later] = broken('130', 1);
    await bus.publish([...(poison === undefined ? [] : [poison]), ...later]);
    const { id } = await parkedOf(poison?.key ?? '', 2);
    const path = `/governance/v1/parked-messages/${id}/dismiss`;
    const reason = 'Family130 was hired twice';
    const { status, body } = await as('admin', 'POST', path, { reason });
    expect([status, body]).toEqual([200, { id, group: 'governance', outcome: 'dismissed', stuck: null }]);
    expect(await identityStatus('130')).toBe(200);
    expect(await as('admin', 'POST', path, { reason })).toMatchObject({ status: 404, body: { code: 'not_found' } });

    const filter = encodeURIComponent('type eq "hub.governance.message.dismissed.v1"');
    const [entry, ...others] = await eventually(async () => {
      const answer = await as<{ items: Record<string, unknown>[] }>(
        'auditor',
        'GET',
        `/audit/v1/entries?filter=${filter}`,
      );
      return answer.body.items.length > 0 ? answer.body.items : undefined;
    });
    expect(others).toEqual([]);
    const dismissedBy = String(entry?.['actor']).replace('subject/', '');
    expect(entry).toMatchObject({
      subject: id,
      occurredAt: expect.any(String),
      data: {
        ...{ group: 'governance', dismissedBy },
        message: { id, type: poison?.type, topic: topics.lifecycle, key: poison?.key, sequence: 1, epoch: 1 },
      },
      personal: [{ subject: dismissedBy, fields: { reason } }],
    });
    expect(entry?.['leafData']).not.toContain('Family130');
    const facts = await db.query<{ row: string }>(
      `select row_to_json(e)::text as row from governance.events e where type = 'MessageDismissed'`,
    );
    expect(facts).toHaveLength(1);
    expect(facts[0]?.row).not.toContain('Family130');
  });

  it('goes on to the next that fails, and says which', async () => {
    const [poison, second] = [broken('140'), broken('140')].flat();
    const next = { ...second, sequence: 2 } as PublicMessage;
    await bus.publish([...(poison === undefined ? [] : [poison]), next]);
    const { id } = await parkedOf(next.key, 2);
    const { body } = await as('admin', 'POST', `/governance/v1/parked-messages/${id}/dismiss`, { reason: 'no use' });
    expect(body).toMatchObject({ id, outcome: 'dismissed', stuck: { id: next.id, reason: expect.any(String) } });
    expect(await parkedOf(next.key, 1)).toMatchObject({ id: next.id, poison: true });
  });
});

describe('what cannot be read at all', () => {
  it('is parked by each service that hears the topic, told apart by group, and stood in for in the log', async () => {
    await db.query(
      `insert into bus.message (topic, epoch, key, headers, body) select $1, epoch, 'ada@corp.example', '{}', '{}' from bus.identity`,
      [topics.identities],
    );
    const unreadable = async (service: string): Promise<Parked> =>
      await eventually(async () => {
        const { body } = await as<Page>('auditor', 'GET', `/${service}/v1/parked-messages?limit=500`);
        return body.items.find((item) => 'type' in item && item.type === 'hub.bus.undecodable');
      });
    const { id } = await unreadable('audit');
    expect(await unreadable('hr')).toMatchObject({ id, group: 'hr.identities' });
    const entries = `/audit/v1/entries?filter=${encodeURIComponent('type eq "hub.bus.undecodable"')}`;
    await eventually(async () => {
      const { body } = await as<{ items: object[] }>('auditor', 'GET', entries);
      return body.items.length > 0;
    });
    // The log's own consumer parks nothing for content; a version before this one did.
    await db.query(
      `with line as (
         insert into audit.parked_line (consumer, topic, line, length)
         select 'audit', topic, line, length from audit.parked_line where topic = $1)
       insert into audit.parked_message
         (consumer, topic, id, line, key, type, message, poison, reason, parked_at, source, sequence, epoch, failures)
       select 'audit', topic, id, line, key, type, message, poison, reason, parked_at, source, sequence, epoch, failures
       from audit.parked_message where id = $2::uuid`,
      [topics.identities, id],
    );
    const path = `/audit/v1/parked-messages/${id}`;
    await eventually(async () => (await as('auditor', 'GET', path)).status === 409);
    const unsure = await as('security', 'POST', `${path}/dismiss`, { reason: 'not ours' });
    expect(unsure).toMatchObject({
      status: 409,
      body: {
        code: 'parked_message.in_several_groups',
        errors: [{ pointer: '/group', detail: 'is missing: add ?group= with audit or audit.identities' }],
      },
    });
    const one = await as('security', 'POST', `${path}/dismiss?group=audit`, { reason: 'not ours' });
    expect(one.body).toMatchObject({ group: 'audit', outcome: 'dismissed' });
    expect((await as('auditor', 'GET', path)).body).toMatchObject({
      group: 'audit.identities',
      type: 'hub.bus.undecodable',
    });
    const filter = encodeURIComponent('type eq "hub.audit.message.dismissed.v1"');
    const entry = await eventually(async () => {
      const answer = await as<{ items: object[] }>('auditor', 'GET', `/audit/v1/entries?filter=${filter}`);
      return answer.body.items[0];
    });
    expect(entry).toMatchObject({ data: { message: { id, key: null, type: 'hub.bus.undecodable' } } });
    expect(JSON.stringify(entry)).not.toContain('ada@corp.example');
  });
});

describe('of parked messages', () => {
  it('each service lets its own administrators act, and auditors look', async () => {
    const none = `/v1/parked-messages/${uuidv7()}`;
    const roles = ['policy-admin', 'connector-admin', 'security', 'auditor', 'admin'];
    const may = async (method: string, service: string, path: string): Promise<string[]> => {
      const statuses = await Promise.all(
        roles.map(
          async (role) => [role, (await as(role, method, `/${service}${path}`, bodyOf(method))).status] as const,
        ),
      );
      return statuses.filter(([, status]) => status !== 403).map(([role]) => role);
    };
    expect(await may('GET', 'governance', '/v1/parked-messages')).toEqual(['policy-admin', 'auditor', 'admin']);
    expect(await may('GET', 'provisioning', none)).toEqual(['connector-admin', 'auditor', 'admin']);
    expect(await may('POST', 'provisioning', `${none}/replay`)).toEqual(['connector-admin', 'admin']);
    expect(await may('POST', 'audit', `${none}/dismiss`)).toEqual(['security', 'admin']);
    expect(await may('POST', 'hr', `${none}/dismiss`)).toEqual(['admin']);
  });

  it('one that is not there is 404, and a dismissal without a reason is refused by the field', async () => {
    for (const id of [uuidv7(), 'x', '%00'])
      for (const [method, action] of [
        ['GET', ''],
        ['POST', '/replay'],
        ['POST', '/dismiss'],
      ] as const) {
        const { status } = await as('admin', method, `/hr/v1/parked-messages/${id}${action}`, bodyOf(method));
        expect([id, status]).toEqual([id, id === '%00' ? 400 : 404]);
      }
    for (const body of [{}, { reason: ' ' }, { reason: 7 }, { reason: 'x'.repeat(2001) }])
      expect(await as('admin', 'POST', `/hr/v1/parked-messages/${uuidv7()}/dismiss`, body)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/reason' }] },
      });
    for (const [query, pointer] of [
      ['limit=0', '/limit'],
      ['cursor=x', '/cursor'],
      ['filter=id', '/filter'],
    ])
      expect(await as('admin', 'GET', `/hr/v1/parked-messages?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer }] },
      });
  });
});

const bodyOf = (method: string): object | undefined => (method === 'POST' ? { reason: 'no use' } : undefined);
