import { counted, imported, quiet, startBench, type Bench } from './benched-hub.js';
import { cpuFor, type CpuTime } from './cpu.js';
import { percentile, type Counts } from './measure.js';
import { storedBy, storedForEach } from './stored.js';

const people = 2_000;

/** What one import of a build took, for each person. */
interface Taken {
  readonly cpu: CpuTime;
  readonly counts: Counts;
}

/**
 * This build beside another one, import by import in turn: on a machine that others load, rates say little, and the CPU time of two imports that follow each
 * other can be compared. Prints the medians. @param against folder with the `dist` of the other build
 */
export async function benchPairs(against: string, pairs: number): Promise<void> {
  const builds: Bench[] = [];
  const taken: Taken[][] = [[], []];
  try {
    for (const wanted of [{ build: against }, {}]) builds.push(await startBench(wanted));
    // Programs that have just started are not what is measured.
    for (let warm = 0; warm < 2; warm += 1) for (const bench of builds) await take(bench);
    for (let pair = 0; pair < pairs; pair += 1)
      for (const [index, bench] of builds.entries()) taken[index]?.push(await take(bench));
  } finally {
    for (const bench of builds) await bench.discard();
  }
  const [other = [], mine = []] = taken;
  const ratios = mine.map((one, pair) => sum(one) / sum(other[pair] ?? one));
  console.table({ 'the other build': medians(other), 'this build': medians(mine) });
  console.log(
    `CPU of this build, of the other's: ${ratios.map((ratio) => ratio.toFixed(3)).join(', ')}; median ${median(ratios).toFixed(3)}`,
  );
}

async function take(bench: Bench): Promise<Taken> {
  await quiet(bench);
  const before = await storedBy(bench.hub.dataDir);
  const cpu = await cpuFor(counted(bench.hub), people, async () => {
    await imported(bench, people);
    await quiet(bench);
  });
  return { cpu, counts: storedForEach(before, await storedBy(bench.hub.dataDir), people) };
}

const sum = ({ cpu }: Taken): number => cpu.node + cpu.postgres;
const median = (values: readonly number[]): number => percentile(values, 0.5);

function medians(all: readonly Taken[]): Record<string, string> {
  const of = (value: (one: Taken) => number): string => median(all.map(value)).toFixed(3);
  const names = Object.keys(all[0]?.counts ?? {});
  return {
    'ms of Node': of(({ cpu }) => cpu.node),
    'ms of PostgreSQL': of(({ cpu }) => cpu.postgres),
    'ms of both': of(sum),
    ...Object.fromEntries(names.map((name) => [name, of(({ counts }) => counts[name] ?? Number.NaN)])),
  };
}
