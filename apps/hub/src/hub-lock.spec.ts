import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubLock } from './hub-lock.js';
import { startOf } from './process-identity.js';

const freshDir = (): string => mkdtempSync(join(tmpdir(), 'lock-'));

describe('hub.lock', () => {
  it('refuses a second hub while the first lives, naming it', () => {
    const dir = freshDir();
    const lock = HubLock.take(dir);
    expect(() => HubLock.take(dir)).toThrow(`is in use by the hub with process id ${process.pid}`);
    lock.release();
    HubLock.take(dir).release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says what is wrong with a directory that is none', () => {
    const file = join(freshDir(), 'file');
    writeFileSync(file, '');
    expect(() => HubLock.take(file)).toThrow('cannot be the data directory (EEXIST): set HUB_DATA_DIR');
    expect(() => HubLock.take(join(file, 'below'))).toThrow('(ENOTDIR)');
  });

  it('is taken over from an owner that died', async () => {
    const dir = freshDir();
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    const owner = { pid, started: startOf(pid) };
    writeFileSync(join(dir, 'hub.lock'), JSON.stringify(owner));
    expect(() => HubLock.take(dir)).toThrow(String(pid));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    HubLock.take(dir);
    expect(JSON.parse(readFileSync(join(dir, 'hub.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(dir)).toEqual(['hub.lock']);
  });

  it('is not defended by another process that got the same id', () => {
    const dir = freshDir();
    writeFileSync(join(dir, 'hub.lock'), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
    expect(() => HubLock.take(dir)).not.toThrow();
  });

  it('that says nothing has no owner', () => {
    const dir = freshDir();
    writeFileSync(join(dir, 'hub.lock'), '');
    expect(() => HubLock.take(dir)).not.toThrow();
  });
});
