import { report, type Line } from './measure.js';
import { benchHub } from './hub.bench.js';
import { benchStore } from './store.bench.js';
import { startPostgres } from '../support/postgres-server.js';

/** `npm run bench [-- --runs N]`: every figure beside a floor measured in the same run, also at ten times the history. */
const runs = Number(process.argv[process.argv.indexOf('--runs') + 1] ?? 5) || 5;

const lines: Line[] = [];
const server = await startPostgres({ fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB' });
try {
  for (const history of [0, 200_000]) lines.push(...(await benchStore(server.url, runs, history)));
} finally {
  await server.stop();
}
for (const history of [0, 20_000]) lines.push(...(await benchHub(runs, history)));
await report(lines);
