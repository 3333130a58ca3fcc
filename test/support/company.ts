import pg from 'pg';
import { startApplication, type Application } from './application.js';
import { fourServices, type Deployment, type FourServices, type Manner } from './deployment.js';
import type { Answer } from './hub.js';
import type { Broker, KafkaSource } from './kafka.js';
import { startPostgres } from './postgres-server.js';
import { applicationDocuments } from './wiki-documents.js';

/** A deployment and what it runs on; `stop` ends both. */
export interface Started {
  readonly deployment: Deployment;
  stop(): Promise<void>;
}

const callers = { hr: 'hr-feed', admin: 'admin', auditor: 'auditor' } as const;

/** A deployment that serves one application, the wiki: everybody of status active is staff there, editors are those who asked. */
export interface Company {
  readonly hub: Deployment;
  readonly app: Application;
  readonly tokens: Readonly<Record<keyof typeof callers, string>>;
  /** As the administrator. @throws when it is refused */
  put(path: string, body: unknown): Promise<void>;
  /** HR states a worker. */
  hire(employeeId: string, worker?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** The identity of a worker; empty while there is none. */
  identityOf(employeeId: string): Promise<string>;
  close(): Promise<void>;
}

export async function companyOn(
  { deployment: hub, stop }: Started,
  application: () => Promise<Application> = startApplication,
): Promise<Company> {
  const app = await application();
  const issued = Object.entries(callers).map(async ([name, role]) => [name, await hub.token(`the-${name}`, role)]);
  const tokens = Object.fromEntries(await Promise.all(issued)) as Company['tokens'];
  const put: Company['put'] = async (path, body) => {
    const answer = await hub.call('PUT', path, { token: tokens.admin, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  };
  for (const [path, document] of applicationDocuments(app)) await put(path, document);
  return {
    hub,
    app,
    tokens,
    put,
    hire: (employeeId, worker = {}) =>
      hub.call('PUT', `/hr/v1/workers/${employeeId}`, {
        token: tokens.hr,
        body: { familyName: 'Person', hireDate: '2020-01-01', ...worker },
      }),
    identityOf: async (employeeId) => {
      const path = `/governance/v1/identities?filter=${encodeURIComponent(`employeeId eq "${employeeId}"`)}`;
      const { body } = await hub.call<{ items: { id: string }[] }>('GET', path, { token: tokens.admin });
      return body.items[0]?.id ?? '';
    },
    close: async () => {
      await stop();
      await app.child.stop();
    },
  };
}

/** A PostgreSQL server with a database for the hub beside the one that others use. */
export async function serverForHub(): Promise<{
  readonly server: string;
  readonly url: string;
  stop(): Promise<void>;
}> {
  const postgres = await startPostgres();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('create database hub');
  await client.end();
  return { server: postgres.url, url: postgres.url.replace(/\/postgres$/, '/hub'), stop: () => postgres.stop() };
}

export interface StartedFour<B extends Broker> extends Started {
  readonly deployment: FourServices;
  readonly broker: B;
  /** A database of the server that the hub does not use. */
  readonly server: string;
  /** The hub's. */
  readonly database: string;
}

/** The four services on a PostgreSQL server and a broker of their own. */
export async function fourServicesOn<B extends Broker>(
  kafka: KafkaSource<B>,
  manner: Manner = {},
): Promise<StartedFour<B>> {
  const [postgres, broker] = await Promise.all([serverForHub(), kafka.start()]);
  const deployment = await fourServices(postgres.url, broker.brokers, 'wiki', manner);
  return {
    deployment,
    broker,
    server: postgres.server,
    database: postgres.url,
    stop: async () => {
      await deployment.discard();
      await Promise.all([postgres.stop(), broker.stop()]);
    },
  };
}
