import pg from 'pg';
import { cpuOf } from './cpu.js';
import { urlOf } from './stored.js';

/** Milliseconds of CPU time a person, by stage. */
export type Stages = Readonly<Record<string, number>>;

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** As V8's profiler gives it: the node on top of the stack at each sample, and the microseconds since the one before. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The first that the path of the nearest of our files, or else of a package, begins with. */
const stageOf: readonly (readonly [path: string, stage: string])[] = [
  ['apps/hr-ingest/src/imports', 'parse'],
  ['apps/hr-ingest/src/workers/worker.dto', 'parse'],
  ['apps/hr-ingest', 'decide'],
  ['apps/governance', 'govern'],
  ['apps/provisioning/src/targets', 'call'],
  ['apps/provisioning', 'plan'],
  ['apps/audit', 'audit'],
  ['libs/merkle-log', 'audit'],
  ['libs/scim', 'call'],
  ['libs/outgoing', 'call'],
  ['libs/event-bus', 'publish and read'],
  ['libs/auth', 'directories of identities'],
  ['libs/event-store', 'store'],
  ['node_modules/pg', 'store'],
  ['node_modules/undici', 'call'],
];

/** A profile of the hub's main thread, by stage. @param people who were imported meanwhile */
export function nodeStages({ nodes, samples, timeDeltas }: Profile, people: number): Stages {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const named = new Map<number, string | null>();
  const name = (id: number): string | null => {
    const known = named.get(id);
    if (known !== undefined) return known;
    const stage = stageAt(id, byId, parents);
    named.set(id, stage);
    return stage;
  };
  const stages: Record<string, number> = {};
  samples.forEach((id, index) => {
    const stage = name(id);
    if (stage !== null) stages[stage] = (stages[stage] ?? 0) + (timeDeltas[index] ?? 0) / 1_000 / people;
  });
  return stages;
}

/** Null for a moment without work. */
function stageAt(
  id: number,
  byId: ReadonlyMap<number, ProfileNode>,
  parents: ReadonlyMap<number, number>,
): string | null {
  const top = byId.get(id)?.callFrame.functionName;
  if (top === '(idle)') return null;
  if (top === '(garbage collector)') return 'garbage collection';
  const paths: string[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const path = /(?:node_modules|apps|libs)\/(?!.*node_modules\/).*$/.exec(byId.get(at)?.callFrame.url ?? '')?.[0];
    if (path !== undefined) paths.push(path);
  }
  const ours = paths.find((path) => path.startsWith('apps/')) ?? paths.find((path) => path.startsWith('libs/'));
  const path = ours ?? paths.find((one) => stageOf.some(([start]) => one.startsWith(start))) ?? '';
  return stageOf.find(([start]) => path.startsWith(start))?.[1] ?? 'Node.js and the rest';
}

/** Sessions come and go: what they took is added up this often. */
const lookMs = 250;

/** The CPU time a person of PostgreSQL while `work` runs, by the service whose sessions took it. */
export async function postgresStages(dataDir: string, people: number, work: () => Promise<unknown>): Promise<Stages> {
  const client = new pg.Client({ connectionString: urlOf(dataDir) });
  await client.connect();
  const last = new Map<number, number>();
  const stages: Record<string, number> = {};
  const look = async (): Promise<void> => {
    const { rows } = await client.query<{ pid: number; name: string }>(
      `select pid, application_name as name from pg_stat_activity where application_name like 'hub-%'`,
    );
    for (const { pid, name } of rows) {
      const now = cpuOf(pid);
      const stage = `PostgreSQL for ${name.slice(4)}`;
      stages[stage] = (stages[stage] ?? 0) + Math.max(0, now - (last.get(pid) ?? 0)) / people;
      last.set(pid, now);
    }
  };
  try {
    await look();
    for (const stage of Object.keys(stages)) stages[stage] = 0;
    const done = work().then(() => true);
    const later = (): Promise<false> => new Promise((wake) => setTimeout(() => wake(false), lookMs));
    while (!(await Promise.race([done, later()]))) await look();
    await look();
    return stages;
  } finally {
    await client.end();
  }
}

/** The same shares of another sum: samples count time on the clock, in which the process may not have run. */
export function scaledTo(sum: number, stages: Stages): Stages {
  const all = Object.values(stages).reduce((total, one) => total + one, 0);
  return Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, (ms * sum) / all]));
}

/** Profiles a Node.js process that was started with `--inspect` on this port while `work` runs. */
export async function profiled(port: number, work: () => Promise<unknown>): Promise<Profile> {
  const list = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(list[0]?.webSocketDebuggerUrl ?? '');
  await new Promise((open) => socket.addEventListener('open', open, { once: true }));
  let id = 0;
  const send = (method: string, params: object = {}): Promise<unknown> => {
    const mine = ++id;
    return new Promise((done) => {
      const listen = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: unknown };
        if (answer.id !== mine) return;
        socket.removeEventListener('message', listen);
        done(answer.result);
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id: mine, method, params }));
    });
  };
  try {
    await send('Profiler.enable');
    await send('Profiler.setSamplingInterval', { interval: 500 });
    await send('Profiler.start');
    await work();
    return ((await send('Profiler.stop')) as { profile: Profile }).profile;
  } finally {
    socket.close();
  }
}
