import { benchBus } from './bus.bench.js';
import { benchHub, benchStart } from './hub.bench.js';
import { benchJoiners } from './joiners.bench.js';
import { benchMapping } from './mapping.bench.js';
import { benchPairs } from './pairs.bench.js';
import { report, type Counts, type Line } from './measure.js';
import { benchRules } from './rules.bench.js';
import { benchScale } from './scale.bench.js';
import { benchScim } from './scim.bench.js';
import { benchStore } from './store.bench.js';
import { kafkaForTests } from '../support/kafka.js';
import { startPostgres } from '../support/postgres-server.js';

/**
 * `npm run bench [-- --runs N] [--only store|bus|hub|start|rules|mapping|scim|joiners|scale] [--people N]`: every figure beside a floor measured in the same run, also
 * at ten times the history. Without Kafka its lines are left out, loudly. `npm run bench -- --against DIR` compares the CPU time of this build with that of another,
 * whose `dist` is in that folder; `--runs` is the number of imports of each.
 */
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
};
const runs = Number(option('runs') ?? 5);
const only = option('only');

const against = option('against');
if (against !== undefined) {
  await benchPairs(against, runs);
  process.exit();
}

const lines: Line[] = [];
let counts: Counts | null = null;
let stages: Counts | null = null;
async function part(name: string, work: () => Promise<Line[]>): Promise<void> {
  if (only !== undefined && only !== name) return;
  console.error(`measuring: ${name}`);
  lines.push(...(await work()));
}

const server = await startPostgres({ fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB' });
const broker = only === undefined || only === 'bus' ? ((await (await kafkaForTests())?.start()) ?? null) : null;
try {
  for (const history of [0, 200_000]) await part('store', () => benchStore(server, runs, history));
  for (const history of [0, 50_000]) await part('bus', () => benchBus(server, broker, runs, history));
} finally {
  await Promise.all([server.stop(), broker?.stop()]);
}
await part('start', () => benchStart(runs));
await part('rules', () => benchRules(runs));
await part('scim', () => benchScim(runs));
await part('joiners', () => benchJoiners(runs));
await part('scale', () => benchScale(runs, Number(option('people') ?? 100_000)));
await part('mapping', () => Promise.resolve(benchMapping(runs)));
for (const history of [0, 20_000])
  await part('hub', async () => {
    const hub = await benchHub(runs, history);
    counts = hub.counts;
    stages = hub.stages;
    return hub.lines;
  });
await report(lines, counts, stages);
