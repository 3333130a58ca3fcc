import { readFileSync, realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';

/** The hub's own secrets are nobody else's: a connector sends what it reads to an address that an administrator chose. */
const ownVariables = /^(HUB_.*|DATABASE_URL|KAFKA_.*|OIDC_.*|PG[A-Z]+)$/i;

/** Why a reference may not be used; null when it may. Said when the connector is stated, and again when it is read. */
export function referenceProblem(reference: string): string | null {
  if (reference.startsWith('env:')) {
    return ownVariables.test(reference.slice('env:'.length))
      ? 'names a setting of the hub itself: give the connector a variable of its own'
      : null;
  }
  const path = real(reference.slice('file:'.length));
  const masterKey = process.env['HUB_MASTER_KEY'] ?? '';
  const ownFiles = [
    process.env['HUB_DATA_DIR'] ?? '.hub',
    ...(masterKey.startsWith('file:') ? [masterKey.slice('file:'.length)] : []),
    '/proc',
  ].map(real);
  const own = ownFiles.some((file) => path === file || path.startsWith(`${file}${sep}`));
  return own ? 'names a file of the hub itself: give the connector a file of its own' : null;
}

/** Where a path leads in the end, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** The secret behind `env:NAME` or `file:PATH`, read when a client is made. @throws Error naming the reference, never a value */
export function readSecret(reference: string): string {
  const problem = referenceProblem(reference);
  if (problem !== null) throw new Error(`the secret ${reference} ${problem}`);
  const value = reference.startsWith('env:')
    ? process.env[reference.slice('env:'.length)]
    : fileContent(reference.slice('file:'.length));
  if (value === undefined || value === '') throw new Error(`the secret ${reference} is not there`);
  return value;
}

const largestSecretBytes = 64 * 1024;

function fileContent(path: string): string | undefined {
  try {
    // A device may never end.
    const file = statSync(path);
    if (!file.isFile() || file.size > largestSecretBytes) return undefined;
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
