import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of CPU time (user and system), as proc(5) counts it: in ticks of ten milliseconds. */
export interface CpuTime {
  readonly node: number;
  /** All processes of the cluster: sessions and what works in the background. */
  readonly postgres: number;
}

/** Whose time is counted: a process of Node, and the cluster of a postmaster. */
export interface Counted {
  readonly node: number;
  readonly postmaster: number;
}

interface Process {
  readonly parent: number;
  readonly ms: number;
  /** Of children that ended. */
  readonly endedMs: number;
}

const msPerTick = 10;

/** Null for a process that ended. Field numbers as in proc_pid_stat(5), less the two before the last bracket. */
function processOf(pid: number | string): Process | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) * msPerTick;
  return { parent: Number(fields[1]), ms: ticks(11), endedMs: ticks(13) };
}

/** CPU time of a process since it began, in milliseconds; 0 for one that ended. */
export const cpuOf = (pid: number): number => processOf(pid)?.ms ?? 0;

/** CPU time since each process began. */
function cpuNow({ node, postmaster }: Counted): CpuTime {
  const main = processOf(postmaster);
  const sessions = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => processOf(pid) ?? [])
    .filter(({ parent }) => parent === postmaster);
  const postgres = (main?.ms ?? 0) + (main?.endedMs ?? 0) + sessions.reduce((sum, { ms }) => sum + ms, 0);
  return { node: processOf(node)?.ms ?? 0, postgres };
}

/** CPU time for each of `pieces` that `work` takes, in milliseconds. */
export async function cpuFor(counted: Counted, pieces: number, work: () => Promise<unknown>): Promise<CpuTime> {
  const before = cpuNow(counted);
  await work();
  const after = cpuNow(counted);
  return { node: (after.node - before.node) / pieces, postgres: (after.postgres - before.postgres) / pieces };
}

/** The process id in a data directory's pid file: the real one, also where the server runs in a user namespace. */
export function postmasterOf(dataDirectory: string): number {
  return Number(readFileSync(`${dataDirectory}/postmaster.pid`, 'utf8').split('\n')[0]);
}
