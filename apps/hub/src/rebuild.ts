import { parseArgs } from 'node:util';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { ProgressLine } from './progress-line.js';
import { ownToken, services } from './republish.js';
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

interface Given {
  readonly service: string;
  readonly readModel: string | null;
  readonly url: string | undefined;
  readonly token: string | undefined;
}

/** `hub rebuild SERVICE [READ-MODEL]`: has a running service fold its facts again. Exit 0 rebuilt, 1 not, 2 usage. */
export async function rebuild(args: readonly string[]): Promise<number> {
  const given = givenBy(args);
  if (given === null) {
    process.stderr.write(`SERVICE must be one of ${services.join(', ')}\n${usage}`);
    return 2;
  }
  const base = given.url ?? `http://127.0.0.1:${loadSettings().PORT}`;
  const token = given.token ?? (await ownToken('hub-rebuild'));
  const ask = async <T>(method: string, path: string, body?: object): Promise<{ body: T; location: string }> => {
    const response = await fetch(new URL(path, base), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`refused with ${response.status}: ${await response.text()}`);
    return { body: (await response.json()) as T, location: response.headers.get('location') ?? '' };
  };
  const { location } = await ask('POST', `/${given.service}/v1/rebuilds`, { readModel: given.readModel });
  const progress = new ProgressLine();
  for (;;) {
    const { body } = await ask<Rebuild>('GET', location);
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
