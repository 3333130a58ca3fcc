import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  judgeCheckpoint,
  type AddCheckpoint,
  type Witnessed,
  type WitnessVerdict,
} from '#libs/merkle-log/add-checkpoint.js';
import { openCheckpoint, originIn, type NoteVerifier } from '#libs/merkle-log/note.js';

/** The newest checkpoint taken of each log, a file each, in one directory that one process works on. */
export class CheckpointFiles {
  constructor(
    private readonly dir: string,
    /** The key of the log with that origin; null for a log that is not known. */
    private readonly keyOf: (origin: string) => NoteVerifier | null,
    private readonly nameOf: (origin: string) => string = (origin) => `${encodeURIComponent(origin)}.checkpoint`,
  ) {}

  /** The newest checkpoint taken of that log; null for none. @throws Error if the file is there and is none of that log */
  newest(origin: string): (Witnessed & { readonly note: string }) | null {
    let note: string;
    try {
      note = readFileSync(join(this.dir, this.nameOf(origin)), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const key = this.keyOf(origin);
    if (key === null) throw new Error(`the key of the log ${origin} is unknown`);
    const { size, root } = openCheckpoint(note, key);
    return { size, root, note };
  }

  /**
   * Decides and stores in one synchronous step, so no other decision comes between. The checkpoint is on disk before
   * this returns.
   */
  add(request: AddCheckpoint): WitnessVerdict {
    const origin = originIn(request.note);
    const known = this.keyOf(origin) !== null;
    const verdict = judgeCheckpoint(request, this.keyOf, known ? this.newest(origin) : null);
    if (verdict.is === 'taken') this.keep(this.nameOf(origin), request.note);
    return verdict;
  }

  private keep(name: string, note: string): void {
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    const path = join(this.dir, name);
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    writeSynced(draft, note);
    renameSync(draft, path);
    syncDirectory(this.dir);
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
