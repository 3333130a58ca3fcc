import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { fromHeaders, type EventHeaders } from '#libs/event-bus/cloud-event.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { httpFront } from '#libs/service-kit/http/http-front.js';
import { close, listen } from '#libs/service-kit/http/http-server.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import { startService, type RunningService } from '#libs/service-kit/service/start-service.js';
import { masterKeyOf } from '#libs/service-kit/settings/master-key-source.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { Conformance } from './conformance.js';
import { freshDatabase } from './postgres.js';

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As parsed; a spec knows what it asked for. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface ServiceCall {
  readonly as: string;
  readonly roles: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** One service alone, on a database of its own, as a client and the other services see it. */
export interface ServiceHarness {
  readonly clock: TestClock;
  /** What another connection sees. */
  readonly db: Database;
  /** Lines of the service's log. */
  readonly logged: readonly string[];
  service(): RunningService;
  url(): string;
  token(subject: string, roles: readonly string[]): Promise<string>;
  /** The answer is checked against the API document. A body that is a text is CSV. */
  call(method: string, path: string, body: object | string | undefined, by: ServiceCall): Promise<ServiceAnswer>;
  /** As another service publishes. */
  publish(...messages: readonly PublicMessage[]): Promise<void>;
  /** What was published on a topic so far, in order. */
  published(topic: string): Promise<readonly PublicMessage[]>;
  /** A second process on the same database; `stop` ends it, too. */
  another(): Promise<void>;
  /** Stops the service and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Wire {
  readonly url: string;
  close(): Promise<void>;
}

interface HarnessOptions {
  /** Where the clock stands. */
  readonly at: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What lies between the service and its database. */
  readonly wired?: (url: string) => Promise<Wire>;
}

const masterKey = Buffer.alloc(32, 9).toString('base64');
const direct = (url: string): Promise<Wire> => Promise.resolve({ url, close: () => Promise.resolve() });

export async function serviceHarness(
  definition: ServiceDefinition,
  { at, env = {}, wired = direct }: HarnessOptions,
): Promise<ServiceHarness> {
  const database = await freshDatabase();
  const wire = await wired(database.url);
  const dataDir = mkdtempSync(join(tmpdir(), `hub-${definition.name}-`));
  const clock = new TestClock(at);
  const settings = loadSettings({ DATABASE_URL: database.url, HUB_MASTER_KEY: masterKey, ...env });
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, clock);
  const key = masterKeyOf(masterKey, dataDir);
  const logged: string[] = [];
  const write = (line: string): void => {
    logged.push(line);
    process.stdout.write(line);
  };
  const start = async () => {
    const service = await startService(definition, {
      migrate: true,
      settings,
      databaseUrl: wire.url,
      masterKey: key,
      tokens: issuer.verifier(),
      logger: new JsonLogger(definition.name, { write }),
      clock,
    });
    const { server, url } = await listen(httpFront([service]), '127.0.0.1', 0);
    const stop = async (): Promise<void> => {
      await close(server);
      await service.stop();
    };
    return { service, url, stop };
  };
  let running = await start();
  const others: (typeof running)[] = [];
  const db = await Database.open({
    url: database.url,
    schema: definition.name,
    migrations: [],
    crossProcess: false,
    poolSize: 2,
  });
  let publisher: ReturnType<typeof publisherOn> | null = null;
  const token: ServiceHarness['token'] = (subject, roles) => issuer.issue(subject, { roles: [...roles] });
  return {
    clock,
    db,
    logged,
    service: () => running.service,
    url: () => running.url,
    token,
    call: async (method, path, body, { as, roles, headers = {} }) => {
      const kind = typeof body === 'string' ? 'text/csv' : 'application/json';
      const response = await fetch(`${running.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${await token(as, roles)}`, 'content-type': kind, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer = { status: response.status, headers: response.headers, text };
      await Conformance.check(running.url, method, path, answer);
      const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
      return { ...answer, body: isJson ? (JSON.parse(text) as unknown) : null };
    },
    publish: async (...messages) => {
      publisher ??= publisherOn(
        database.url,
        (others) => new EventStore(others.db, key, () => clock.now(), others.epoch),
      );
      await (await publisher).bus.publish(messages);
    },
    published: async (topic) => {
      const rows = await db.query<{ key: string; headers: string; body: string }>(
        `select key, headers, body from bus.message where topic = $1 order by epoch, tx, position`,
        [topic],
      );
      return rows.map((row) =>
        fromHeaders(
          { topic, key: row.key, log: 'bus', place: 0, fallbackId: () => row.key },
          JSON.parse(row.headers) as EventHeaders,
          row.body,
        ),
      );
    },
    another: async () => {
      others.push(await start());
    },
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      for (const one of [running, ...others]) await one.stop();
      await (await publisher)?.close();
      await db.close();
      await wire.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A bus as another service has it, with a schema of its own. */
async function publisherOn(
  url: string,
  storeOn: (opened: { db: Database; epoch: number }) => EventStore,
): Promise<{ bus: PostgresBus; close(): Promise<void> }> {
  const migrations = [...eventStoreMigrations, ...busMigrations];
  const db = await Database.open({ url, schema: 'others', migrations, poolSize: 2 });
  const bus = new PostgresBus({ store: storeOn({ db, epoch: await currentEpoch(db) }), onError: () => undefined });
  return {
    bus,
    close: async () => {
      await bus.stop();
      await db.close();
    },
  };
}
