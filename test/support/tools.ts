import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

export const run = promisify(execFile);

type Environment = Readonly<Record<string, string | undefined>>;

/** Programs by others that some checks need. Built or fetched only with REQUIRE_TOOLS=1; found otherwise, or left out. */
export type ToolName = 'helm' | 'kubeconform' | 'promtool';

const goModules = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.19.5',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
} as const;

/** The Go toolchain that builds them where there is none, from the Go module proxy. SHA-256 of the zip. */
const goVersion = '1.26.8';
const goZips: Readonly<Record<string, string>> = {
  x64: '30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7',
};

/** Where tools are kept from one checkout to the next. */
export const toolsDirectory = (env: Environment = process.env): string =>
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'identity-hub-tools');

/** Path of the program, or null (said loudly) where there is none; with REQUIRE_TOOLS=1 it is made, or that is an error. */
export async function tool(name: ToolName, env: Environment = process.env): Promise<string | null> {
  const found = await onPath(name, env);
  if (found !== null) return found;
  const path = join(toolsDirectory(env), 'bin', name);
  if (await exists(path)) return path;
  if (env['REQUIRE_TOOLS'] !== '1') {
    console.warn(
      `\n*** NO ${name}: its checks are LEFT OUT. Put it on the PATH, or set REQUIRE_TOOLS=1 to have it made.\n`,
    );
    return null;
  }
  return await made(path, env, async (dir) => {
    await (name === 'promtool' ? fetchPromtool(dir) : buildGo(goModules[name], dir, env));
    return join(dir, name);
  });
}

/**
 * Makes something under `path` once, however many processes ask for it at once.
 * @param make fills a directory of its own and names in it what becomes `path`
 */
export async function made(path: string, env: Environment, make: (dir: string) => Promise<string>): Promise<string> {
  const root = toolsDirectory(env);
  await mkdir(dirname(path), { recursive: true });
  return await locked(join(root, `${createHash('sha256').update(path).digest('hex').slice(0, 12)}.lock`), async () => {
    if (await exists(path)) return path;
    const dir = await mkdtemp(join(root, 'making-'));
    try {
      await rename(await make(dir), path);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    return path;
  });
}

const staleMs = 20 * 60_000;

async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const held = await stat(lock).catch(() => null);
      if (held !== null && Date.now() - held.mtimeMs > staleMs) await rm(lock, { recursive: true, force: true });
      else await new Promise((done) => setTimeout(done, 500));
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function buildGo(module: string, dir: string, env: Environment): Promise<void> {
  const go = (await recentGo(env)) ?? join(await goToolchain(env), 'bin/go');
  const more = { GOBIN: dir, CGO_ENABLED: '0', GOFLAGS: '-trimpath', GOTOOLCHAIN: 'auto' };
  await run(go, ['install', '-ldflags', '-s -w', module], { env: { ...env, ...more }, maxBuffer: 1 << 26 });
}

/** A Go on the PATH that can fetch the version a module asks for (1.21 and newer); null for none. */
async function recentGo(env: Environment): Promise<string | null> {
  const go = await onPath('go', env);
  if (go === null) return null;
  const minor = /go1\.(\d+)/.exec((await run(go, ['version'])).stdout)?.[1] ?? '0';
  return Number(minor) >= 21 ? go : null;
}

/** The folder of a Go toolchain, from the module proxy. */
async function goToolchain(env: Environment): Promise<string> {
  const sha = goZips[process.arch];
  if (sha === undefined) throw new Error(`no Go toolchain is known for ${process.arch}: put go on the PATH`);
  const name = `v0.0.1-go${goVersion}.linux-amd64`;
  return await made(join(toolsDirectory(env), `go-${goVersion}`), env, async (dir) => {
    const response = await fetch(`https://proxy.golang.org/golang.org/toolchain/@v/${name}.zip`);
    const zip = new Uint8Array(await response.arrayBuffer());
    if (createHash('sha256').update(zip).digest('hex') !== sha) throw new Error('the Go toolchain has another content');
    const inside = `golang.org/toolchain@${name}/`;
    for (const [path, content] of Object.entries(unzipSync(zip))) {
      const at = join(dir, 'go', path.slice(inside.length));
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, content);
      if (/^(bin|pkg\/tool)\//.test(path.slice(inside.length))) await chmod(at, 0o755);
    }
    return join(dir, 'go');
  });
}

/** Debian's package, unpacked and not installed. */
async function fetchPromtool(dir: string): Promise<void> {
  await run('apt-get', ['download', 'prometheus'], { cwd: dir }).catch(async () => {
    await run('apt-get', ['update', '-q']);
    await run('apt-get', ['download', 'prometheus'], { cwd: dir });
  });
  const [deb = ''] = (await readdir(dir)).filter((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['-x', join(dir, deb), join(dir, 'unpacked')]);
  await rename(join(dir, 'unpacked/usr/bin/promtool'), join(dir, 'promtool'));
}

async function onPath(name: string, env: Environment): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder === '' ? tmpdir() : folder, name);
    if (folder !== '' && (await exists(path))) return path;
  }
  return null;
}

export async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
