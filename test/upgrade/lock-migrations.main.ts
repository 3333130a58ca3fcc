import { writeFileSync } from 'node:fs';
import { lockFile, migrationFingerprints, readLock } from './migration-fingerprints.js';

/** `node dist/test/upgrade/lock-migrations.main.js`: adds new migrations to the lock; what is there stays as it is. */
const lock = { ...(await migrationFingerprints()), ...readLock() };
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
