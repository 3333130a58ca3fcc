import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MasterKey } from '#libs/event-store/master-key.js';
import { readOrCreateOnce } from './once-file.js';

const keyBytes = 32;

/** What is wrong with a HUB_MASTER_KEY, never showing it; null when it is a key. */
export function keyProblem(value: string): string | null {
  try {
    return bytesOf(value).length === keyBytes ? null : `must be ${keyBytes} bytes in base64 or hexadecimal`;
  } catch {
    return 'names a file that cannot be read';
  }
}

/**
 * The master key of HUB_MASTER_KEY, or the one generated in the data directory (0600), made when it is missing.
 * @throws RangeError if the stored key is not 32 bytes
 */
export function masterKeyOf(value: string | undefined, dataDir: string): MasterKey {
  const stored = (): string =>
    readOrCreateOnce(join(dataDir, 'master.key'), () => `${randomBytes(keyBytes).toString('base64')}\n`);
  return new MasterKey(bytesOf(value ?? stored()));
}

function bytesOf(value: string): Buffer {
  const text = (value.startsWith('file:') ? readFileSync(value.slice('file:'.length), 'utf8') : value).trim();
  return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
}
