import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseVkey, type NoteVerifier } from '#libs/merkle-log/note.js';

/** A log sends its verifier key in this header with each checkpoint; other witnesses ignore it. */
export const logKeyHeader = 'log-verifier-key';

/** The key of one log, taken on first use: the first key offered is kept in `log.vkey`, and never another one. */
export class FirstKey {
  private readonly path: string;

  constructor(private readonly dir: string) {
    this.path = join(dir, 'log.vkey');
  }

  /** The key of that log; null if none was offered yet, or another log was first. */
  keyOf(origin: string): NoteVerifier | null {
    try {
      const key = parseVkey(readFileSync(this.path, 'utf8').trim());
      return key.name === origin ? key : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Keeps the key if it is the first one; anything that is no key is ignored. */
  offer(vkey: string | readonly string[] | undefined): void {
    if (typeof vkey !== 'string' || !isKey(vkey)) return;
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    try {
      // `wx`: a key that is there stays.
      writeFileSync(this.path, `${vkey}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function isKey(vkey: string): boolean {
  try {
    parseVkey(vkey);
    return true;
  } catch {
    return false;
  }
}
