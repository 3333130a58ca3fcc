import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerAttributes, WorkerEventType, WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { AccountEventType, OperationEventType, ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import { fromHeaders, type EventHeaders } from '#libs/event-bus/cloud-event.js';
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
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { startService } from '#libs/service-kit/service/start-service.js';
import { eventually } from '../../../test/support/eventually.js';
import { statementGate, type HeldStatement } from '../../../test/support/statement-gate.js';
import { Conformance } from '../../../test/support/conformance.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { governance } from './governance.service.js';
import { identityIdOf } from './identities/hr-lifecycle.consumer.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As parsed; a spec knows what it asked for. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface RunningGovernance {
  readonly clock: TestClock;
  /** What another connection sees. */
  readonly db: Database;
  call(
    method: string,
    path: string,
    body?: object,
    more?: { as?: string; roles?: string[]; headers?: Record<string, string> },
  ): Promise<Answer>;
  publish(...messages: readonly PublicMessage[]): Promise<void>;
  /** Publishes HR's statements and waits until everybody they are about is known as stated. */
  stated(...messages: readonly PublicMessage<WorkerMessage>[]): Promise<void>;
  /** What governance has published so far, in order. */
  published(topic: string): Promise<readonly PublicMessage[]>;
  /** Waits until everything published was handled and no timer is due. */
  quiet(): Promise<void>;
  /** Holds the next statement of the service that matches, before the database has it. */
  hold(statement: RegExp): HeldStatement;
  /** Lines of the service's log. */
  readonly logged: readonly string[];
  gauges(): Promise<readonly Gauge[]>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly url: string;
  gauges(): Promise<readonly Gauge[]>;
  stop(): Promise<void>;
}

const masterKey = Buffer.alloc(32, 9).toString('base64');
const admin = ['policy-admin', 'auditor'];

/** The service alone on a database of its own; the clock stands at 9:00 of 2 March 2026. */
export async function runningGovernance(): Promise<RunningGovernance> {
  const database = await freshDatabase();
  const gate = await statementGate(database.url);
  const dataDir = mkdtempSync(join(tmpdir(), 'hub-governance-'));
  const clock = new TestClock('2026-03-02T09:00:00.000Z');
  const settings = loadSettings({ DATABASE_URL: database.url, HUB_MASTER_KEY: masterKey });
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, clock);
  const logged: string[] = [];
  const start = async (): Promise<Running> => {
    const service = await startService(governance, {
      migrate: true,
      settings,
      databaseUrl: gate.url,
      masterKey: masterKeyOf(masterKey, dataDir),
      tokens: issuer.verifier(),
      logger: new JsonLogger('governance', {
        write: (line) => {
          logged.push(line);
          process.stdout.write(line);
        },
      }),
      clock,
    });
    const { server, url } = await listen(httpFront([service]), '127.0.0.1', 0);
    return {
      url,
      gauges: () => service.gauges(),
      stop: async () => {
        await close(server);
        await service.stop();
      },
    };
  };
  let running = await start();
  const others = await Database.open({
    url: database.url,
    schema: 'others',
    migrations: [...eventStoreMigrations, ...busMigrations],
    poolSize: 2,
  });
  const store = new EventStore(others, masterKeyOf(masterKey, dataDir), () => clock.now(), await currentEpoch(others));
  const bus = new PostgresBus({ store, onError: () => undefined });
  const db = await Database.open({
    url: database.url,
    schema: 'governance',
    migrations: [],
    crossProcess: false,
    poolSize: 2,
  });

  const published = async (topic: string): Promise<PublicMessage[]> => {
    const rows = await db.query<{ key: string; headers: string; body: string }>(
      `select key, headers, body from bus.message where topic = $1 order by epoch, tx, position`,
      [topic],
    );
    return rows.map(({ key, headers, body }) =>
      fromHeaders({ topic, key, log: 'bus', place: 0, fallbackId: key }, JSON.parse(headers) as EventHeaders, body),
    );
  };
  const quiet = async (): Promise<void> => {
    await eventually(async () => {
      const [row] = await db.query<{ due: number }>(
        `select count(*)::int as due from timer where due_at <= $1::timestamptz`,
        [clock.now()],
      );
      return row?.due === 0;
    });
  };
  return {
    clock,
    db,
    call: async (method, path, body, { as = 'admin', roles = admin, headers = {} } = {}) => {
      const token = await issuer.issue(as, { roles });
      const response = await fetch(`${running.url}/governance/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status, headers: given } = response;
      await Conformance.check(running.url, method, `/governance/v1${path}`, { status, headers: given, text });
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
    },
    publish: (...messages) => bus.publish(messages),
    stated: async (...messages) => {
      await bus.publish(messages);
      await eventually(async () => {
        const last = messages.map(({ source, sequence }) => ({ source, sequence }));
        const [row] = await db.query<{ handled: number }>(
          `select count(*)::int as handled from jsonb_to_recordset($1::jsonb) as x(source text, sequence int)
           join inbox i on i.consumer like 'governance%' and i.source = x.source and i.sequence >= x.sequence`,
          [JSON.stringify(last)],
        );
        return row?.handled === last.length;
      });
    },
    published,
    quiet,
    logged,
    hold: (statement) => gate.hold(statement),
    gauges: () => running.gauges(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      await bus.stop();
      await others.close();
      await db.close();
      await gate.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Any UUID, the same for the same name. */
export const idOf = (name: string): string => uuidv5(`test/${name}`);
/** The identity of the person with this employeeId. */
export const identityOf = (employeeId: string): string => identityIdOf(idOf(`person ${employeeId}`));

export function worker(employeeId: string, more: Partial<WorkerAttributes> = {}): WorkerAttributes {
  return {
    employeeId,
    givenName: `Given${employeeId}`,
    familyName: `Family${employeeId}`,
    hireDate: '2026-03-02',
    ...more,
  };
}

/** What HR states about one worker; `sequence` is the version of the worker's stream. */
export function hrMessage(
  kind: 'recorded' | 'hired' | 'changed' | 'moved' | 'terminated' | 'rehired' | 'leave-started' | 'leave-ended',
  attributes: WorkerAttributes,
  sequence = 1,
  more: Partial<WorkerMessage> = {},
): PublicMessage<WorkerMessage> {
  const person = more.person ?? idOf(`person ${attributes.employeeId}`);
  const workerId = more.worker ?? idOf(`worker ${attributes.employeeId}`);
  const type: WorkerEventType = `hub.hr.worker.${kind}.v1`;
  return {
    topic: topics.lifecycle,
    key: person,
    id: uuidv7(),
    source: `/hr/worker-${workerId}`,
    type,
    subject: person,
    time: '2026-03-02T08:00:00.000Z',
    actor: 'subject/0198c0de-0000-7000-8000-00000000feed',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body: {
      worker: workerId,
      person,
      employed: kind !== 'terminated' && kind !== 'recorded',
      onLeave: kind === 'leave-started',
      attributes,
      before: {},
      ...more,
    },
  };
}

/** What provisioning answers about one account. */
export function resultMessage(
  type: AccountEventType | OperationEventType,
  about: Pick<ResultMessage, 'identity' | 'application' | 'desiredSequence'> & Partial<ResultMessage>,
  sequence: number,
): PublicMessage<ResultMessage> {
  const connector = about.connector ?? about.application;
  return {
    topic: topics.results,
    key: about.identity,
    id: uuidv7(),
    source: `/provisioning/account-${about.identity}.${connector}`,
    type,
    subject: about.identity,
    time: '2026-03-02T09:00:00.000Z',
    actor: 'service/provisioning',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body: {
      operation: uuidv7(),
      kind: type.endsWith('in-sync.v1') ? 'in-sync' : 'create-account',
      connector,
      account: null,
      desiredEpoch: 1,
      because: [],
      ...about,
    },
  };
}
