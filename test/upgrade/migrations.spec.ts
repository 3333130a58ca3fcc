import { migrationFingerprints, readLock, type Fingerprint } from './migration-fingerprints.js';

const lock = readLock();
const present = await migrationFingerprints();
const absent: Fingerprint = { text: 'none', statements: 'none' };

describe('migrations are never edited in place: write the next one instead', () => {
  it.each(Object.keys(lock))('%s is as it was when it was added', (name) => {
    expect(present[name] ?? absent).toEqual(lock[name]);
  });

  it('a new one is locked: run node dist/test/upgrade/lock.main.js after the build', () => {
    expect(Object.keys(present).filter((name) => lock[name] === undefined)).toEqual([]);
  });

  it('each sends something, and has its class in a file of migrations', () => {
    const nothing = new Set(['e3b0c44298fc1c149afbf4c8996fb924', '4f53cda18c2baa0c0354bb5f9a3ecbe5']);
    const empty = Object.entries(present).filter(
      ([, { text, statements }]) => nothing.has(text) || nothing.has(statements),
    );
    expect(empty).toEqual([]);
  });
});
