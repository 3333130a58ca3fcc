import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, DatabaseError } from 'pg';
import { readOrCreateOnce } from '#libs/system/once-file.js';
import {
  asOrdinaryUser,
  binary,
  embeddedMajor,
  EmbeddedPostgresUnavailable,
  linkLibraries,
  requireNamespaces,
} from './postgres-binaries.js';
import { endPostmaster } from './orphaned-postmaster.js';

export interface EmbeddedPostgres {
  /** Of the database `hub`. Holds the password. */
  readonly url: string;
  /** Resolves when the server ends, for whatever reason. */
  readonly ended: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, everything committed is on the disk. */
  stop(): Promise<void>;
}

const user = 'hub';
const startTimeoutMs = 30_000;
/** Time beyond that for a server that recovers from a backup: it answers, and takes no writes before the end of the recovery. */
const recoveryTimeoutMs = 600_000;
const logLimitBytes = 16 * 1024 * 1024;
/** A socket's path may have 107 bytes (unix(7)); `/.s.PGSQL.65535` comes on top of the folder's. */
const longestSocketFolder = 90;

/** Durable by default; statements and values stay out of the log, as they may be personal. */
const settings = {
  listen_addresses: '127.0.0.1',
  max_connections: '60',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  fsync: 'on',
  synchronous_commit: 'on',
  idle_in_transaction_session_timeout: '30s',
  transaction_timeout: '10min',
  // As in the sessions of the hub. Otherwise autovacuum would sample 30,000 wide rows of each table that grew by a tenth.
  default_statistics_target: '3',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** Whether a hub kept its data in this directory before. */
export const holdsData = (dataDir: string): boolean => existsSync(join(resolve(dataDir), 'postgres', 'PG_VERSION'));

/**
 * PostgreSQL in the data directory, in a session of its own. The caller holds the hub's lock, so a server that runs
 * there was left by a dead process: it is stopped first.
 * @throws EmbeddedPostgresUnavailable with what can be done
 * @param stopping ends the making of a new database, and a start that has not begun
 */
export async function startEmbeddedPostgres(dataDir: string, stopping?: AbortSignal): Promise<EmbeddedPostgres> {
  const home = resolve(dataDir);
  const data = join(home, 'postgres');
  await requireNamespaces();
  await linkLibraries();
  const password = readOrCreateOnce(join(home, 'postgres.password'), () => randomBytes(24).toString('base64url'));
  refuseOtherMajor(data);
  if (!existsSync(data)) await initialise(home, data, stopping);
  await endPostmaster(data);
  stopping?.throwIfAborted();
  const until = performance.now() + startTimeoutMs;
  for (;;) {
    const server = await spawnServer(home, data);
    const url = urlOf(home, password, server.port);
    const started = await writable(url('postgres'), server.process, until);
    if (started) {
      await createDatabase(url('postgres'));
      return { url: url('hub'), ended: server.ended, stop: () => end(server.process, server.ended) };
    }
    if (performance.now() > until)
      throw new EmbeddedPostgresUnavailable(`PostgreSQL does not start. Its last log lines:\n${lastWords(home)}`);
    await endPostmaster(data);
    await sleep(200);
  }
}

function refuseOtherMajor(data: string): void {
  const file = join(data, 'PG_VERSION');
  const major = existsSync(file) ? readFileSync(file, 'utf8').trim() : String(embeddedMajor);
  if (major === String(embeddedMajor)) return;
  throw new EmbeddedPostgresUnavailable(
    `${data} belongs to PostgreSQL ${major}, and this hub includes ${embeddedMajor}: start it with your own PostgreSQL ${major}, ` +
      'copy the database hub to another server with pg_dump and set DATABASE_URL; or move the folder to another place to start with an empty database',
  );
}

/**
 * Created in another folder and moved when complete: an interrupted start leaves nothing that looks like a database.
 */
async function initialise(home: string, data: string, stopping?: AbortSignal): Promise<void> {
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const [command, args] = asOrdinaryUser(binary('initdb'), [
    '-D',
    draft,
    '-U',
    user,
    '--pwfile',
    join(home, 'postgres.password'),
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--no-instructions',
  ]);
  try {
    const environment = { cwd: home, env: { PATH: pathOfSystem, LC_ALL: 'C' } };
    await promisify(execFile)(command, args, {
      ...environment,
      ...(stopping === undefined ? {} : { signal: stopping }),
    });
  } catch (error) {
    stopping?.throwIfAborted();
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new EmbeddedPostgresUnavailable(`the database cannot be made in ${home}:\n${words}`, { cause: error });
  }
  renameSync(draft, data);
}

async function spawnServer(
  home: string,
  data: string,
): Promise<{ process: ChildProcess; ended: Promise<void>; port: number }> {
  const port = await freePort();
  const all = { ...settings, port: String(port), unix_socket_directories: socketFolder(home) ?? '' };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = asOrdinaryUser(binary('postgres'), ['-D', data, ...options]);
  const logFile = join(home, 'postgres.log');
  if (existsSync(logFile) && statSync(logFile).size > logLimitBytes) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: home,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: pathOfSystem, LC_ALL: 'C' },
  });
  closeSync(log);
  const ended = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
  return { process: child, ended, port };
}

/** Waits until the server takes writes; false when it ended or the time is over. One that recovers from a backup gets more time. */
async function writable(url: string, server: ChildProcess, until: number): Promise<boolean> {
  let deadline = until;
  while (performance.now() < deadline && server.exitCode === null && server.signalCode === null) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only');
      await client.end();
      if (rows[0]?.transaction_read_only === 'off') return true;
      deadline = until + recoveryTimeoutMs;
      await sleep(100);
    } catch (error) {
      await client.end().catch(() => undefined);
      // 28P01: the server answers, and its password is another one. Waiting does not help.
      if (error instanceof DatabaseError && error.code === '28P01') throw error;
      await sleep(15);
    }
  }
  return false;
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(`select from pg_database where datname = 'hub'`);
    if (rowCount === 0) await client.query('create database hub');
  } finally {
    await client.end();
  }
}

async function end(server: ChildProcess, ended: Promise<void>): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGINT');
  const timer = setTimeout(() => server.kill('SIGQUIT'), 10_000);
  await ended;
  clearTimeout(timer);
}

function socketFolder(home: string): string | null {
  return process.platform !== 'win32' && Buffer.byteLength(home) <= longestSocketFolder && !home.includes(',')
    ? home
    : null;
}

/** Over a socket if its path is short enough, because other users cannot open its folder; otherwise over the loopback address. */
function urlOf(home: string, password: string, port: number): (database: string) => string {
  const folder = socketFolder(home);
  const host = folder === null ? '127.0.0.1' : encodeURIComponent(folder);
  return (database) => `postgres://${user}:${password}@${host}:${port}/${database}`;
}

async function freePort(): Promise<number> {
  return await new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function lastWords(home: string): string {
  return readFileSync(join(home, 'postgres.log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}

const pathOfSystem = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
