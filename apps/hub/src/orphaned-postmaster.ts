import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runsOn, startOf } from './process-identity.js';

/** Time for a fast shutdown with its checkpoint, in milliseconds. Afterwards the server is killed, and recovers from its log at the next start. */
const fastShutdownMs = 10_000;
const immediateShutdownMs = 15_000;

/**
 * Stops the server that a killed hub left on this data folder. Its process id is in postmaster.pid. If that server is
 * dead too, the id belongs to no process, or to another one.
 */
export async function endPostmaster(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  const started = pid > 0 ? startOf(pid) : null;
  if (started === null || !runsOn(pid, data)) {
    // PostgreSQL itself would refuse to start while another process has that id.
    if (started !== null) rmSync(file, { force: true });
    return;
  }
  for (const [signal, waitMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', 1_000],
  ] as const) {
    if (startOf(pid) !== started) return;
    kill(pid, signal);
    const until = performance.now() + waitMs;
    while (startOf(pid) === started && performance.now() < until) await sleep(20);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime, as wanted.
  }
}
