import { awaitingDatabase } from '#libs/service-kit/service/await-database.js';
import { migrateDatabase } from '#libs/service-kit/service/migrate.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { services } from './services.js';
import { usage } from './usage.js';

/**
 * `hub migrate`: brings the database to this version: roles, schemas, tables, and what each service may do. Needs no more than
 * DATABASE_OWNER_URL. Exit 0 done, 1 not, 2 usage.
 */
export async function migrateCommand(args: readonly string[]): Promise<number> {
  const { DATABASE_OWNER_URL, DATABASE_URL, START_WAIT } = loadSettings();
  const url = DATABASE_OWNER_URL ?? DATABASE_URL;
  if (args.length > 0 || url === undefined) {
    const mend =
      'DATABASE_OWNER_URL: is missing: give the address of a role that may create roles, for example a superuser\n';
    process.stderr.write(args.length > 0 ? usage : mend);
    return 2;
  }
  await awaitingDatabase(() => migrateDatabase(url, services), {
    seconds: START_WAIT,
    onWait: (why) => process.stderr.write(`waits: ${why}\n`),
  });
  process.stdout.write('the database has this version\n');
  return 0;
}
