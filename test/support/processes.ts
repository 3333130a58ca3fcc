import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, import.meta.dirname.includes('/dist/') ? '../../..' : '../..');
/** What `npm run build` made. */
export const built = resolve(root, 'dist');

/** A TCP port nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export interface Child {
  readonly process: ChildProcess;
  /** The last lines it printed, for a failing test to show. */
  output(): string;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<void>;
  /** SIGKILL, and nothing else: what a crash does. */
  kill(): Promise<void>;
}

/** Starts one of the built programs (`apps/hub/src/main.js`) with this environment added. @param dist the build it is of */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  dist = built,
): Child {
  return startProcess(process.execPath, [resolve(dist, program), ...args], env);
}

/** Mounts the checkout read-only for itself, goes there again, and becomes an ordinary user of its own name space. */
const confine =
  'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec unshare --user --map-user=1000 --map-group=1000 "$@"';

/** Starts one of the built programs as an ordinary user without capabilities who sees the checkout read-only. Linux only. */
export function startConfined(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const command = [process.execPath, resolve(built, program), ...args];
  return startProcess('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', confine, root, ...command], env);
}

/** Starts any program with this environment added. */
export function startProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, SHUTDOWN_DELAY: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      if (lines.length > 200) lines.splice(0, lines.length - 200);
    });
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  return {
    process: child,
    output: () => lines.join('\n'),
    exited,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(hard);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Resolves when the address answers 2xx; rejects with the program's output when it ends or the time is over. It does not run any more then. */
export async function answering(url: string, child: Child, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let ended = false;
  void child.exited.then(() => (ended = true));
  for (;;) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (ended || performance.now() > deadline) {
      await child.stop();
      throw new Error(`${url} does not answer; the program printed:\n${child.output()}`);
    }
    await new Promise((done) => setTimeout(done, 25));
  }
}
