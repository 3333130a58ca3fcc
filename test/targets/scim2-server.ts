import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { applicationAt, type Application } from '../support/application.js';
import { answering, freePort, root, startProcess } from '../support/processes.js';

const run = promisify(execFile);
const requirements = resolve(root, 'test/targets/scim2-server.requirements.txt');

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts a server of its own, without any users or groups. */
export type Scim2Server = () => Promise<Application>;

/**
 * A SCIM server written by other people in Python (`scim2-server` of PyPI), in the pinned versions of
 * `scim2-server.requirements.txt`. Null (said loudly) where it cannot be had; with REQUIRE_SCIM2_SERVER=1 that is an error.
 */
export async function scim2ServerForTests(
  env: Environment = process.env,
  cache = resolve(root, 'node_modules/.cache'),
): Promise<Scim2Server | null> {
  try {
    const python = await installed(env, cache);
    return () => start(python);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (env['REQUIRE_SCIM2_SERVER'] === '1')
      throw new Error(`REQUIRE_SCIM2_SERVER=1, and there is no scim2-server: ${why}`, { cause: error });
    console.warn(`\n*** NO scim2-server: its tests are LEFT OUT. ${why}\n*** Give Python 3.11 with venv and pip.\n`);
    return null;
  }
}

/** `describe` on this server, and without one a skipped block, which the summary of the run counts. */
export function describeOnScim2Server(
  server: Scim2Server | null,
  name: string,
  block: (server: Scim2Server) => void,
): void {
  if (server === null) describe.skip(name, () => it('needs scim2-server', () => undefined));
  else describe(name, () => block(server));
}

/** Installed once for each state of the requirements. @returns its Python */
async function installed(env: Environment, cache: string): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const home = join(cache, `scim2-server-${version}`);
  const python = join(home, 'bin/python');
  if (await exists(python)) return python;
  await mkdir(cache, { recursive: true });
  const made = await mkdtemp(join(cache, 'scim2-server-'));
  try {
    const options = { env: { ...env } };
    await run('python3', ['-m', 'venv', made], options);
    await run(
      join(made, 'bin/python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
      options,
    );
    // Another process may have been faster.
    await rename(made, home).catch(async (error: unknown) => {
      if (!(await exists(python))) throw error;
    });
    return python;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function start(python: string): Promise<Application> {
  const [port, token] = [await freePort(), 'scim2-server-token'];
  const main = 'from scim2_server.testserver.cli import main; main()';
  const child = startProcess(python, ['-c', main, '--port', String(port), '--bearer-token', token]);
  const origin = `http://127.0.0.1:${port}`;
  await answering(`${origin}/v2/ServiceProviderConfig`, child);
  return applicationAt(`${origin}/v2`, token, child);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
