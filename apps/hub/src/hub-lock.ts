import { hasShape, parsed } from '#libs/event-store/core.js';
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '#libs/system/errno.js';
import { CannotStart } from '#libs/service-kit/service/cannot-start.js';
import { startOf } from './process-identity.js';

interface Owner {
  readonly pid: number;
  readonly started: string;
}

const isOwner = hasShape<Owner>({ pid: 'number', started: 'text' });

/** Another hub works on this data directory. */
class DataDirectoryInUse extends CannotStart {
  constructor(dataDir: string, pid: number) {
    super(`${dataDir} is in use by the hub with process id ${pid}: stop that hub first, or set another HUB_DATA_DIR`);
    this.name = 'DataDirectoryInUse';
  }
}

/** It is no directory, or this user may not write there. */
class DataDirectoryUnusable extends CannotStart {
  constructor(dataDir: string, cause: unknown) {
    super(
      `${dataDir} cannot be the data directory (${errnoOf(cause) ?? String(cause)}): set HUB_DATA_DIR to a directory that this user may write to`,
      { cause },
    );
    this.name = 'DataDirectoryUnusable';
  }
}

/** The right to be the only hub on a data directory: `hub.lock` with process id and start time of its owner. */
export class HubLock {
  private constructor(private readonly path: string) {}

  /**
   * @throws DataDirectoryInUse naming the owner, if it lives; the lock of a dead one is taken over
   * @throws DataDirectoryUnusable
   */
  static take(dataDir: string): HubLock {
    const path = join(dataDir, 'hub.lock');
    const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
    const owner: Owner = { pid: process.pid, started: startOf(process.pid) ?? '' };
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 });
    } catch (error) {
      throw new DataDirectoryUnusable(dataDir, error);
    }
    try {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        if (linked(draft, path)) return new HubLock(path);
        const owner = ownerIn(path);
        if (owner !== null && isAlive(owner)) throw new DataDirectoryInUse(dataDir, owner.pid);
        if (owner !== null) removeStale(path, dataDir);
      }
      throw new Error(`${path} changes all the time: another hub is starting with it`);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  release(): void {
    if (ownerIn(this.path)?.pid === process.pid) rmSync(this.path, { force: true });
  }
}

/** Creates `path` unless it exists: link is the one exclusive step that leaves a whole file. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of an owner that has ended. If another hub took it over in the meantime, that lock is restored. */
function removeStale(path: string, dataDir: string): void {
  const staleName = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, staleName);
  } catch {
    return;
  }
  const owner = ownerIn(staleName);
  const alive = owner !== null && isAlive(owner);
  if (alive) linked(staleName, path);
  rmSync(staleName, { force: true });
  if (alive) throw new DataDirectoryInUse(dataDir, owner.pid);
}

/** Null if there is no lock. A file without valid content counts as one of an owner that has ended. */
function ownerIn(path: string): Owner | null {
  try {
    return parsed<Owner>(path, isOwner, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return errnoOf(error) === null ? { pid: 0, started: '' } : null;
  }
}

const isAlive = ({ pid, started }: Owner): boolean => pid > 0 && startOf(pid) === started;
