import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MasterKey } from '#libs/event-store/master-key.js';
import { readOrCreateOnce } from '#libs/system/once-file.js';
import { CannotStart } from '../service/cannot-start.js';

/** The file with the key is missing, but the data that it encrypts exists. */
class MasterKeyLost extends CannotStart {}

const keyBytes = 32;

/** What is wrong with a HUB_MASTER_KEY, without its value; null if it is valid. */
export function keyProblem(value: string): string | null {
  const isKey = /^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/.test(value.trim());
  return isKey ? null : `must be ${keyBytes} bytes in base64 or hexadecimal, or file:PATH of such a value`;
}

/**
 * The master key of HUB_MASTER_KEY, or the one generated in the data directory (0600), made when it is missing.
 * @param hasData there is data already, sealed under the key that was made before it
 * @throws MasterKeyLost @throws RangeError if the stored key is not 32 bytes
 */
export function masterKeyOf(value: string | undefined, dataDir: string, hasData = false): MasterKey {
  const path = join(dataDir, 'master.key');
  if (value === undefined && hasData && !existsSync(path))
    throw new MasterKeyLost(
      `cannot start: ${path} is missing, and ${dataDir} holds data that is encrypted with it: restore the file from a backup, or give the key as HUB_MASTER_KEY`,
    );
  const stored = (): string => readOrCreateOnce(path, () => `${randomBytes(keyBytes).toString('base64')}\n`);
  return new MasterKey(bytesOf(value ?? stored()));
}

function bytesOf(value: string): Buffer {
  const text = value.trim();
  return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
}
