import { readFileSync } from 'node:fs';
import { verifyEvidencePack } from '#libs/merkle-log/verify-pack.js';
import { parsed, usage } from './usage.js';

/** `hub verify PACK [--key FILE]`: needs nothing but the files. Exit 0 verified, 1 not, 2 usage. */
export function verify(args: readonly string[]): number {
  const given = parsed(args, ['key']);
  if (given === null) {
    process.stderr.write(usage);
    return 2;
  }
  let pack: Buffer;
  let key: string | undefined;
  try {
    pack = readFileSync(given.file);
    key = given.values.key === undefined ? undefined : readFileSync(given.values.key, 'utf8').trim();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const verdict = verifyEvidencePack(pack, key);
  for (const note of verdict.notes) process.stdout.write(`note: ${note}\n`);
  for (const finding of verdict.findings) process.stdout.write(`wrong: ${finding}\n`);
  process.stdout.write(verdict.ok ? `verified: ${verdict.entries} entries\n` : 'NOT verified\n');
  return verdict.ok ? 0 : 1;
}
