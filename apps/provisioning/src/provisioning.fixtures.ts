import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { applicationDefined, type ApplicationMessage } from '#libs/contracts/catalog.js';
import { desiredAccessChanged, type DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import { fromHeaders, type EventHeaders } from '#libs/event-bus/cloud-event.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv5, uuidv7 } from '#libs/event-store/ids.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { httpFront } from '#libs/service-kit/http/http-front.js';
import { close, listen } from '#libs/service-kit/http/http-server.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { masterKeyOf } from '#libs/service-kit/settings/master-key-source.js';
import { serveMetrics } from '#libs/service-kit/health/metrics.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { startService } from '#libs/service-kit/service/start-service.js';
import { Conformance } from '../../../test/support/conformance.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { startScimStub, type ScimStub } from '../../../test/targets/scim-stub.js';
import { provisioning } from './provisioning.service.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As parsed; a spec knows what it asked for. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface RunningProvisioning {
  readonly clock: TestClock;
  readonly stub: ScimStub;
  readonly db: Database;
  call(
    method: string,
    path: string,
    body?: object,
    more?: { roles?: string[]; headers?: Record<string, string> },
  ): Promise<Answer>;
  publish(...messages: readonly PublicMessage[]): Promise<void>;
  /** What `/metrics` tells. */
  metrics(): Promise<string>;
  /** Results published so far, in order. */
  results(): Promise<readonly PublicMessage<ResultMessage>[]>;
  stop(): Promise<void>;
}

const masterKey = Buffer.alloc(32, 9).toString('base64');
export const stubToken = 'stub-token-5f3a';
export const connector = (stub: ScimStub, overrides: object = {}): object => ({
  displayName: 'Wiki',
  mode: 'enforce',
  protocol: 'scim2',
  baseUrl: stub.baseUrl,
  auth: { type: 'bearer', token: stubToken },
  ...overrides,
});

/** The service on a database of its own, working every connector; an application that enforces nothing; the clock stands still. */
export async function runningProvisioning(): Promise<RunningProvisioning> {
  const database = await freshDatabase();
  const stub = await startScimStub({ token: stubToken });
  const dataDir = mkdtempSync(join(tmpdir(), 'hub-provisioning-'));
  const clock = new TestClock('2026-03-02T09:00:00.000Z');
  const settings = loadSettings({
    DATABASE_URL: database.url,
    HUB_MASTER_KEY: masterKey,
    CONNECTOR_ALLOWED_NETWORKS: '127.0.0.0/8',
  });
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, clock);
  const key = masterKeyOf(masterKey, dataDir);
  const service = await startService(provisioning, {
    migrate: true,
    settings,
    databaseUrl: database.url,
    masterKey: key,
    tokens: issuer.verifier(),
    logger: new JsonLogger('provisioning'),
    clock,
  });
  const { server, url } = await listen(httpFront([service]), '127.0.0.1', 0);
  const metrics = await serveMetrics([service], loadSettings({ METRICS_PORT: '0' }));
  const others = await Database.open({
    url: database.url,
    schema: 'others',
    migrations: [...eventStoreMigrations, ...busMigrations],
    poolSize: 2,
  });
  const bus = new PostgresBus({
    store: new EventStore(others, key, () => clock.now(), await currentEpoch(others)),
    onError: () => undefined,
  });
  const db = await Database.open({
    url: database.url,
    schema: 'provisioning',
    migrations: [],
    crossProcess: false,
    poolSize: 2,
  });
  return {
    clock,
    stub,
    db,
    call: async (method, path, body, { roles = ['connector-admin'], headers = {} } = {}) => {
      const token = await issuer.issue('admin', { roles });
      const response = await fetch(`${url}/provisioning/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status, headers: given } = response;
      await Conformance.check(url, method, `/provisioning/v1${path}`, { status, headers: given, text });
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: text === '' ? null : (JSON.parse(text) as unknown),
      };
    },
    publish: (...messages) => bus.publish(messages),
    metrics: async () => await (await fetch(metrics.url ?? '')).text(),
    results: async () => {
      const rows = await db.query<{ key: string; headers: string; body: string }>(
        `select key, headers, body from bus.message where topic = $1 order by epoch, tx, position`,
        [topics.results],
      );
      return rows.map(
        (row) =>
          fromHeaders(
            { topic: topics.results, key: row.key, log: 'bus', place: 0, fallbackId: row.key },
            JSON.parse(row.headers) as EventHeaders,
            row.body,
          ) as PublicMessage<ResultMessage>,
      );
    },
    stop: async () => {
      await close(server);
      await metrics.stop();
      await service.stop();
      await Promise.all([others.close(), db.close()]);
      await stub.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export const personId = (name: string): string => uuidv5(`test/person/${name}`);
export const assignmentOf = (name: string): string => uuidv5(`test/assignment/${name}`);

function message<Body extends object>(
  topic: string,
  type: string,
  key: string,
  source: string,
  sequence: number,
  body: Body,
): PublicMessage<Body> {
  const id = uuidv5(`${source}/${sequence}`);
  return {
    topic,
    key,
    id,
    type,
    subject: key,
    source: `/governance/${source}`,
    time: '2026-03-02T09:00:00.000Z',
    actor: 'service/governance',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body,
  };
}

export function application(overrides: Partial<ApplicationMessage> = {}): PublicMessage<ApplicationMessage> {
  const body = { application: 'wiki', displayName: 'Wiki', connectorId: 'wiki', owners: [], ...overrides };
  return message(topics.catalog, applicationDefined, body.application, `application-${body.application}`, 1, body);
}

/** What a person should have in the wiki, as governance says it. */
export function desired(
  name: string,
  sequence: number,
  {
    status = 'active',
    active = true,
    groups = [],
    attributes = {},
    application = 'wiki',
  }: {
    status?: DesiredAccessMessage['status'];
    active?: boolean;
    groups?: readonly string[];
    attributes?: Readonly<Record<string, unknown>>;
    application?: string;
  } = {},
): PublicMessage<DesiredAccessMessage> {
  const identity = personId(name);
  const because = [assignmentOf(name)];
  const person = {
    id: identity,
    userName: `${name}@corp.example`,
    email: `${name}@corp.example`,
    givenName: name,
    familyName: 'Person',
    displayName: `${name} Person`,
  };
  const body: DesiredAccessMessage = {
    identity,
    application,
    status,
    accounts: [{ type: 'User', active, attributes: { ...person, ...attributes }, packages: ['staff'], groups }],
    entitlements: active ? [{ account: true, because }, ...groups.map((group) => ({ group, because }))] : [],
  };
  return {
    ...message(
      topics.desiredAccess,
      desiredAccessChanged,
      identity,
      `desired-${identity}.${application}`,
      sequence,
      body,
    ),
    application,
  };
}
export const leaver = (name: string, sequence: number): PublicMessage<DesiredAccessMessage> =>
  desired(name, sequence, { status: 'leaver', active: false });
