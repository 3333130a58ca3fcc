import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Conformance } from './conformance.js';
import { answering, built, freePort, root, startProgram, type Child } from './processes.js';

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP call as a client makes it; JSON in and out unless the body is a string. The answer must be as the API document says. */
export async function call<Body = Record<string, unknown>>(
  base: string,
  method: string,
  path: string,
  { token, body, headers = {} }: CallOptions = {},
): Promise<Answer<Body>> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  await Conformance.check(base, method, path, { status: response.status, headers: response.headers, text });
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : {}) as Body, text };
}

/** A token of the local issuer whose key lies in `env.HUB_DATA_DIR`, made by the product's own command. */
export async function issueToken(
  env: Readonly<Record<string, string>>,
  subject: string,
  roles: readonly string[],
): Promise<string> {
  const program = resolve(built, 'apps/hub/src/token.main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program, subject, roles.join(',')], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  return stdout.trim();
}

export interface HubUnderTest {
  readonly base: string;
  readonly dataDir: string;
  readonly child: () => Child;
  call<Body = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** A token of the local issuer. */
  token(subject: string, ...roles: string[]): Promise<string>;
  /** Starts it again on the same data, port and environment, `env` added. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Starts without waiting for readiness, for runs that are meant to die. */
  launch(env?: Readonly<Record<string, string>>): void;
  ready(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Stops and removes the data. */
  discard(): Promise<void>;
}

/** The hub on a free port, in a data directory of its own unless one is given. @param dist the build it is of */
export async function startHub(
  env: Readonly<Record<string, string>> = {},
  { dataDir, dist = built }: { dataDir?: string; dist?: string } = {},
): Promise<HubUnderTest> {
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'hub-data-')));
  const port = String(await freePort());
  const base = `http://127.0.0.1:${port}`;
  const start = (more: Readonly<Record<string, string>>): Child =>
    startProgram('apps/hub/src/main.js', [], { ...env, ...more, PORT: port, HUB_DATA_DIR: dir }, dist);
  let child = start({});
  const hub: HubUnderTest = {
    base,
    dataDir: dir,
    child: () => child,
    call: (method, path, options) => call(base, method, path, options),
    token: (subject, ...roles) => issueToken({ ...env, HUB_DATA_DIR: dir }, subject, roles),
    launch: (more = {}) => {
      child = start(more);
    },
    ready: () => answering(`${base}/health/ready`, child),
    restart: async (more = {}) => {
      await child.stop();
      child = start(more);
      await answering(`${base}/health/ready`, child);
    },
    stop: () => child.stop(),
    kill: () => child.kill(),
    discard: async () => {
      await child.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
  await hub.ready();
  return hub;
}
