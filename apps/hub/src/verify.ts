import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { verifyLogFile } from '#libs/merkle-log/log-file.js';
import { verifyEvidencePack } from '#libs/merkle-log/verify-pack.js';
import { parsed, usage } from './usage.js';

interface Verdict {
  readonly ok: boolean;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly entries: number;
}

/**
 * `hub verify FILE [--key FILE] [--checkpoint FILE]`: an evidence pack, or a whole log; needs nothing but the files.
 * Exit 0 verified, 1 not, 2 usage.
 */
export async function verify(args: readonly string[]): Promise<number> {
  const given = parsed(args, ['key', 'checkpoint']);
  if (given === null) {
    process.stderr.write(usage);
    return 2;
  }
  let verdict: Verdict;
  try {
    verdict = await verdictOn(given.file, given.values);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  for (const note of verdict.notes) process.stdout.write(`note: ${note}\n`);
  for (const finding of verdict.findings) process.stdout.write(`wrong: ${finding}\n`);
  process.stdout.write(verdict.ok ? `verified: ${verdict.entries} entries\n` : 'NOT verified\n');
  return verdict.ok ? 0 : 1;
}

async function verdictOn(file: string, { key, checkpoint }: { key?: string; checkpoint?: string }): Promise<Verdict> {
  const trustedVkey = key === undefined ? undefined : readFileSync(key, 'utf8').trim();
  if (await isLog(file)) {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
    return await verifyLogFile(lines, {
      ...(trustedVkey === undefined ? {} : { trustedVkey }),
      ...(checkpoint === undefined ? {} : { kept: readFileSync(checkpoint, 'utf8') }),
    });
  }
  if (checkpoint !== undefined) throw new Error('--checkpoint is for a whole log: a pack does not hold all entries');
  return verifyEvidencePack(readFileSync(file), trustedVkey);
}

/** A pack is a zip; a log begins with its head. */
async function isLog(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
    return bytesRead === 1 && buffer.toString() === '{';
  } finally {
    await file.close();
  }
}
