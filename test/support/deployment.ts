import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { call, startHub, issueToken, type Answer, type CallOptions } from './hub.js';
import { answering, built, freePort, root, startConfined, startProgram, type Child } from './processes.js';

/** The product as a client sees it, however it is deployed. */
export interface Deployment {
  call<Body = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  token(subject: string, ...roles: string[]): Promise<string>;
  /** Where the service behind a path answers. */
  baseOf(path: string): string;
  /** The bytes of a download. */
  download(path: string, token: string): Promise<Buffer>;
  /** What the processes printed last, for a failing test to show. */
  output(): string;
  discard(): Promise<void>;
}

/** The hub in one process on its embedded PostgreSQL; with `env` on Kafka, too. */
export async function hubDeployment(env: Readonly<Record<string, string>> = {}): Promise<Deployment> {
  const hub = await startHub(env);
  return {
    call: hub.call,
    token: hub.token,
    baseOf: () => hub.base,
    download: (path, token) => download(`${hub.base}${path}`, token),
    output: () => hub.child().output(),
    discard: hub.discard,
  };
}

const services = { hr: 'hr-ingest', governance: 'governance', provisioning: 'provisioning', audit: 'audit' } as const;

/** A process of a service. */
export interface ServiceProcess {
  readonly child: Child;
  /** Where it answers. */
  readonly base: string;
}

/** Four processes that a test may stop, start again, and add others to. */
export interface FourServices extends Deployment {
  /** The process of `hr`, `governance`, `provisioning` or `audit`. */
  child(service: string): Child;
  /** Starts it again on the same port, after it ended. */
  start(service: string): Promise<void>;
  /** Another process of the service, on a port of its own; `discard` ends it, too. */
  replica(service: string): Promise<ServiceProcess>;
}

export interface Manner {
  /** What the environment of a service (`hr`, `governance`, …) has besides. */
  readonly envOf?: (service: string) => Readonly<Record<string, string>>;
  /** They run as an ordinary user who sees the checkout read-only. */
  readonly isConfined?: boolean;
}

/** The four services as processes of their own, on PostgreSQL and Kafka, with the local issuer's key in a shared folder. */
export async function fourServices(
  databaseUrl: string,
  brokers: string,
  connector: string,
  { envOf = () => ({}), isConfined = false }: Manner = {},
): Promise<FourServices> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-four-'));
  const env = {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers,
    HUB_DATA_DIR: dir,
    HUB_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
    HOST: '127.0.0.1',
    CONNECTOR_ALLOWED_NETWORKS: '127.0.0.0/8',
    CONNECTOR_ID: connector,
  };
  await migrateDatabase(databaseUrl);
  const witness = await freePort();
  const settings = { PORT: String(witness), WITNESS_DIR: join(dir, 'witness'), WITNESS_LOGS: join(dir, 'audit.vkey') };
  const keeper = startProgram('apps/witness/src/main.js', [], settings);
  for (const state of ['live', 'ready']) await answering(`http://127.0.0.1:${witness}/health/${state}`, keeper);
  const children: Child[] = [keeper];
  const launch = async (service: string, port: number): Promise<ServiceProcess> => {
    const program = `apps/${services[service as keyof typeof services]}/src/main.js`;
    const child = (isConfined ? startConfined : startProgram)(program, [], {
      ...env,
      ...envOf(service),
      PORT: String(port),
      CHECKPOINT_WITNESS: `http://127.0.0.1:${witness}`,
    });
    children.push(child);
    const base = `http://127.0.0.1:${port}`;
    await answering(`${base}/health/ready`, child);
    return { child, base };
  };
  const running = new Map<string, ServiceProcess>();
  await Promise.all(Object.keys(services).map(async (name) => running.set(name, await launch(name, await freePort()))));
  const of = (service: string): ServiceProcess => {
    const found = running.get(service);
    if (found === undefined) throw new Error(`there is no service ${service}`);
    return found;
  };
  const baseOf = (path: string): string => of(path.split('/')[1] ?? '').base;
  return {
    baseOf,
    call: (method, path, options) => call(baseOf(path), method, path, options),
    download: (path, token) => download(`${baseOf(path)}${path}`, token),
    token: (subject, ...roles) => issueToken({ ...env }, subject, roles),
    output: () => children.map((child) => child.output()).join('\n---\n'),
    child: (service) => of(service).child,
    start: async (service) => {
      running.set(service, await launch(service, Number(new URL(of(service).base).port)));
    },
    replica: async (service) => await launch(service, await freePort()),
    discard: async () => {
      await Promise.all(children.map((child) => child.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What an operator does before the services start: `hub migrate`. */
export async function migrateDatabase(url: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const program = resolve(built, 'apps/hub/src/cli.main.js');
  await promisify(execFile)(process.execPath, [program, 'migrate'], {
    cwd: root,
    env: { ...process.env, ...env, DATABASE_OWNER_URL: url },
  });
}

async function download(url: string, token: string): Promise<Buffer> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
