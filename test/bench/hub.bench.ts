import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { freePort } from '../support/processes.js';
import type { ScimStub } from '../targets/scim-stub.js';
import {
  counted,
  created,
  imported,
  importFile,
  quiet,
  rows,
  startBench,
  token,
  users,
  type Bench,
} from './benched-hub.js';
import { cpuFor, type CpuTime } from './cpu.js';
import { inLanes, percentile, timed, type Counts, type Line } from './measure.js';
import { nodeStages, postgresStages, profiled, scaledTo, type Stages } from './stages.js';
import { storedBy, storedForEach } from './stored.js';

const people = 2_000;
const batch = 5_000;
const singles = 100;

/** The hub as a process of its own on embedded PostgreSQL, a stub that answers at once in this one. */
export async function benchHub(
  runs: number,
  history: number,
): Promise<{ lines: Line[]; counts: Counts; stages: Stages }> {
  const inspector = await freePort();
  const bench = await startBench({ env: { NODE_OPTIONS: `--inspect=127.0.0.1:${inspector}` } });
  const { hub, stub } = bench;
  try {
    // At least as many as warm it up: a program that has just started is not what is measured.
    await imported(bench, Math.max(history, people));
    const figures = {
      idle: [] as number[],
      stage: [] as number[],
      endToEnd: [] as number[],
      during: [] as number[],
      floor: [] as number[],
    };
    const cpu = { endToEnd: [] as CpuTime[], stage: [] as CpuTime[] };
    let counts: Counts = {};
    for (let run = 0; run < runs; run += 1) {
      figures.floor.push(await floor(stub));
      await quiet(bench);
      figures.idle.push(await idleHires(bench));
      const before = await storedBy(hub.dataDir);
      cpu.endToEnd.push(
        await cpuFor(counted(hub), people, async () => {
          figures.endToEnd.push((people * 1000) / (await timed(() => imported(bench, people))));
          await quiet(bench);
        }),
      );
      counts = storedForEach(before, await storedBy(hub.dataDir), people);
      await stage(bench, figures.stage, cpu.stage);
      figures.during.push(await hiresDuringImport(bench));
    }
    const suffix = history > 0 ? `, ${history.toLocaleString('en')} people before` : '';
    const raw = { what: 'raw POSTs by undici', runs: figures.floor };
    const lines: Line[] = [
      { name: `HR record to account, idle, p50${suffix}`, unit: 'ms', runs: figures.idle, goal: 'under 25 ms' },
      {
        name: `creation, desired access stored, audit running${suffix}`,
        unit: 'users/s',
        runs: figures.stage,
        floor: raw,
        cpu: cpu.stage,
        goal: '2,000/s',
      },
      {
        name: `import to accounts, end to end${suffix}`,
        unit: 'users/s',
        runs: figures.endToEnd,
        floor: raw,
        cpu: cpu.endToEnd,
        goal: '1,000/s',
      },
      {
        name: `one hire during an import of ${batch.toLocaleString('en')}, p50${suffix}`,
        unit: 'ms',
        runs: figures.during,
        goal: 'under 300 ms',
      },
    ];
    return { lines, counts, stages: await stages(bench, inspector) };
  } finally {
    await bench.discard();
  }
}

/** One more import, profiled: its CPU time is not that of the others, its shares are. */
async function stages(bench: Bench, inspector: number): Promise<Stages> {
  await quiet(bench);
  const node: { stages: Stages; cpu: number } = { stages: {}, cpu: 0 };
  const postgres = await postgresStages(bench.hub.dataDir, people, async () => {
    const cpu = await cpuFor(counted(bench.hub), people, async () => {
      const profile = await profiled(inspector, async () => {
        await imported(bench, people);
        await quiet(bench);
      });
      node.stages = nodeStages(profile, people);
    });
    node.cpu = cpu.node;
  });
  return { ...scaledTo(node.cpu, node.stages), ...postgres };
}

/** How long a hub takes that has data, and how much memory it holds when nothing happens. */
export async function benchStart(runs: number): Promise<Line[]> {
  const hub = await startHub();
  const ready: number[] = [];
  const resident: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      await hub.stop();
      ready.push(await timed(() => hub.restart()));
      await eventually(() => idle(hub), { timeoutMs: 30_000, everyMs: 500 });
      resident.push(residentMegabytes(hub));
    }
  } finally {
    await hub.discard();
  }
  return [
    { name: 'hub start to ready, with data', unit: 'ms', runs: ready, goal: 'under 3,000 ms' },
    { name: 'resident memory of the idle hub, without PostgreSQL', unit: 'MB', runs: resident, goal: 'under 300 MB' },
  ];
}

function residentMegabytes(hub: HubUnderTest): number {
  const status = readFileSync(`/proc/${hub.child().process.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Memory has stopped moving by more than a megabyte. */
async function idle(hub: HubUnderTest): Promise<boolean> {
  const before = residentMegabytes(hub);
  await new Promise((done) => setTimeout(done, 500));
  return Math.abs(residentMegabytes(hub) - before) < 1;
}

async function hire(bench: Bench): Promise<number> {
  const id = bench.next++;
  const userName = `b${id}@corp.example`;
  const body = { givenName: 'G', familyName: `F${id}`, email: userName, hireDate: '2020-01-01' };
  return await timed(async () => {
    const there = created(bench.stub, (name) => name === userName);
    const { status, text } = await bench.hub.call('PUT', `/hr/v1/workers/b${id}`, { token: bench.hr, body });
    if (status !== 201) throw new Error(`PUT answered ${status}: ${text}`);
    await there;
  });
}

async function idleHires(bench: Bench): Promise<number> {
  const samples: number[] = [];
  for (let n = 0; n < singles; n += 1) {
    samples.push(await hire(bench));
    await new Promise((done) => setTimeout(done, 5));
  }
  return percentile(samples, 0.5);
}

/** The connector pauses while the people arrive; then it alone works off what is desired. */
async function stage(bench: Bench, rates: number[], cpu: CpuTime[]): Promise<void> {
  const { hub, stub, admin, auditor } = bench;
  const act = async (action: string): Promise<void> => {
    const { status, text } = await hub.call('POST', `/provisioning/v1/connectors/app/${action}`, { token: admin });
    if (status >= 300) throw new Error(`${action} answered ${status}: ${text}`);
  };
  await act('pause');
  const before = stub.directory.userCount;
  await importFile(bench, rows(bench, people));
  const last = encodeURIComponent(`employeeId eq "b${bench.next - 1}"`);
  const identity = await eventually(
    async () => {
      const path = `/governance/v1/identities?filter=${last}`;
      const { body } = await hub.call<{ items: { id: string }[] }>('GET', path, { token: admin });
      return body.items[0]?.id;
    },
    { timeoutMs: 60_000 },
  );
  // The person who is read last is desired last: when the log has that, so has the connector.
  await eventually(
    async () => {
      const filter = encodeURIComponent(
        `type eq "hub.governance.desired-access.changed.v1" and identity eq "${identity}"`,
      );
      const path = `/audit/v1/entries?filter=${filter}`;
      const { body } = await hub.call<{ items: object[] }>('GET', path, { token: auditor });
      return body.items.length === 1;
    },
    { timeoutMs: 60_000 },
  );
  const created = async (): Promise<void> => {
    const ms = await timed(async () => {
      await act('resume');
      await users(stub, before + people);
    });
    rates.push((people * 1000) / ms);
    await quiet(bench);
  };
  cpu.push(await cpuFor(counted(hub), people, created));
}

async function hiresDuringImport(bench: Bench): Promise<number> {
  const before = bench.stub.directory.userCount;
  await importFile(bench, rows(bench, batch));
  const samples: number[] = [];
  while (bench.stub.directory.userCount < before + batch && samples.length < 200) {
    samples.push(await hire(bench));
    await new Promise((done) => setTimeout(done, 50));
  }
  await users(bench.stub, before + batch + samples.length);
  return percentile(samples, 0.5);
}

/** Prepared bodies, no thought, the best of two concurrencies. */
async function floor(stub: ScimStub): Promise<number> {
  const { origin, pathname } = new URL(stub.baseUrl);
  const pool = new Pool(origin, { connections: 32 });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  const rates: number[] = [];
  const kept = stub.directory.userCount;
  for (const lanes of [16, 32]) {
    const ms = await timed(() =>
      inLanes(lanes, people, async (n) => {
        const { body } = await pool.request({
          path: `${pathname}/Users`,
          method: 'POST',
          headers,
          body: `{"userName":"floor-${lanes}-${n}-${kept}","active":true}`,
        });
        await body.dump();
      }),
    );
    rates.push((people * 1000) / ms);
  }
  await pool.close();
  return Math.max(...rates);
}
