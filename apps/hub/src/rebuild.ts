import { hasShape } from '#libs/event-store/core.js';
import { parseArgs } from 'node:util';
import { ProgressLine } from './progress-line.js';
import { operators, services } from './republish.js';
import { RunningHub, type Address } from './running-hub.js';
import { usage } from './usage.js';

/** Between two looks at how far it has come, in milliseconds. */
const lookMs = 200;

interface Rebuild {
  readonly readModels: readonly string[];
  readonly status: 'running' | 'completed' | 'failed';
  readonly total: number;
  readonly processed: number;
  readonly detail: string | null;
}

const isRebuild = hasShape<Rebuild>({
  readModels: 'list',
  status: ['running', 'completed', 'failed'],
  total: 'number',
  processed: 'number',
  detail: 'any',
});

interface Given extends Address {
  readonly service: string;
  readonly readModel: string | null;
}

/** `hub rebuild SERVICE [READ-MODEL]`: has a running service fold its facts again. Exit 0 rebuilt, 1 not, 2 usage. */
export async function rebuild(args: readonly string[]): Promise<number> {
  const given = givenBy(args);
  if (given === null) {
    process.stderr.write(`SERVICE must be one of ${services.join(', ')}\n${usage}`);
    return 2;
  }
  const hub = await RunningHub.at(given, { name: 'hub-rebuild', roles: operators });
  const started = await hub.callWith('POST', `/${given.service}/v1/rebuilds`, { readModel: given.readModel });
  const location = started.headers.get('location') ?? '';
  const progress = new ProgressLine();
  for (;;) {
    const body = await hub.read<Rebuild>(isRebuild, location);
    progress.show(given.service, body.processed, body.total);
    if (body.status !== 'running') {
      progress.end();
      return ended(given.service, body);
    }
    await new Promise((done) => setTimeout(done, lookMs));
  }
}

function ended(service: string, { readModels, status, processed, detail }: Rebuild): number {
  if (status === 'failed') {
    process.stderr.write(`${service} was not rebuilt: ${detail ?? ''}\n`);
    return 1;
  }
  const what = readModels.length === 0 ? 'nothing: it has no read model' : readModels.join(', ');
  process.stdout.write(`${service} rebuilt ${what} from ${processed} streams\n`);
  return 0;
}

function givenBy(args: readonly string[]): Given | null {
  const text = { type: 'string' } as const;
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options: { url: text, token: text },
      allowPositionals: true,
    });
    const [service = '', readModel = null, ...more] = positionals;
    if (more.length > 0 || !services.includes(service)) return null;
    return { service, readModel, url: values.url, token: values.token };
  } catch {
    return null;
  }
}
