import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { exists, made, run, toolsDirectory } from './tools.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `bin` of a Python environment with these packages (`name==version`). It is made with REQUIRE_TOOLS=1 and kept for the next
 * run; otherwise null (said loudly) unless it is there.
 */
export async function pythonEnvironment(
  packages: readonly string[],
  env: Environment = process.env,
): Promise<string | null> {
  const name = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const path = join(toolsDirectory(env), `python-${name}`);
  const done = join(path, 'complete');
  if (await exists(done)) return join(path, 'bin');
  if (env['REQUIRE_TOOLS'] !== '1') {
    console.warn(
      `\n*** NO ${packages.join(', ')}: its checks are LEFT OUT. Set REQUIRE_TOOLS=1 to have it installed.\n`,
    );
    return null;
  }
  // An environment knows its own path, so it is made in place; `complete` comes last.
  await made(done, env, async (dir) => {
    await makeEnvironment(path);
    await run(join(path, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages], {
      maxBuffer: 1 << 26,
    });
    const marker = join(dir, 'complete');
    await run('touch', [marker]);
    return marker;
  });
  return join(path, 'bin');
}

/** Debian keeps `venv` in a package of its own. */
async function makeEnvironment(path: string): Promise<void> {
  const make = (): Promise<unknown> => run('python3', ['-m', 'venv', path]);
  await make().catch(async () => {
    await run('apt-get', ['update', '-q']);
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'python3-venv'], { maxBuffer: 1 << 26 });
    await make();
  });
}
