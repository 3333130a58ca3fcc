import { writeFileSync } from 'node:fs';
import { foldFingerprints, foldLockFile, readFoldLock } from './fold-fingerprints.js';
import { lockFile, migrationFingerprints, readLock } from './migration-fingerprints.js';

/** `node dist/test/upgrade/lock.main.js`: adds new migrations and versions of folds to the locks; what is there stays as it is. */
const sorted = (lock: object): string =>
  `${JSON.stringify(Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;
writeFileSync(lockFile, sorted({ ...(await migrationFingerprints()), ...readLock() }));
writeFileSync(foldLockFile, sorted({ ...(await foldFingerprints()), ...readFoldLock() }));
