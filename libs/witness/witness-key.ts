import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cosignerVkeyOf } from '#libs/merkle-log/cosignature.js';
import { generateNoteKey, noteSigner, type NoteSigner } from '#libs/merkle-log/note.js';

/**
 * The key that cosigns: made with the first start, in `key.pem` (0600), and never changes; its verifier key is in
 * `witness.vkey`.
 */
export function witnessKey(dir: string, name: string): { signer: NoteSigner; vkey: string } {
  const path = join(dir, 'key.pem');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) writeFileSync(path, generateNoteKey(), { mode: 0o600, flag: 'wx' });
  const signer = noteSigner(name, readFileSync(path, 'utf8'));
  const vkey = cosignerVkeyOf(signer);
  writeFileSync(join(dir, 'witness.vkey'), `${vkey}\n`);
  return { signer, vkey };
}
