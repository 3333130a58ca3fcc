import type { Database } from '#libs/event-store/database.js';
import type { MasterKey } from '#libs/event-store/master-key.js';
import { SubjectKeys } from '#libs/event-store/subject-keys.js';
import { CannotStart } from '../service/cannot-start.js';

const context = 'master-key-check';
const plain = 'identity-hub';

/** HUB_MASTER_KEY is not the key that encrypts this database. */
class WrongMasterKey extends CannotStart {
  constructor() {
    super(
      'cannot start, bad settings:\n  HUB_MASTER_KEY: is not the key that encrypts the data in this database: ' +
        'give every service the key of the first start. Nothing was read or written.',
    );
    this.name = 'WrongMasterKey';
  }
}

/**
 * Refuses a master key other than the one the database knows. The first start stores a value sealed under its key, one
 * for all services of the database; a database from before that value existed is checked by a subject's key.
 * @throws WrongMasterKey
 */
export async function requireMasterKey(db: Database, masterKey: MasterKey): Promise<void> {
  const select = `select sealed from bus.master_key_check`;
  let [row] = await db.query<{ sealed: string }>(select);
  if (row === undefined) {
    await requireKeyOfSubjects(db, masterKey);
    await db.query(`insert into bus.master_key_check (single, sealed) values (true, $1) on conflict do nothing`, [
      masterKey.seal(plain, context),
    ]);
    [row] = await db.query<{ sealed: string }>(select);
  }
  const sealed = row?.sealed ?? '';
  if (!opens(() => masterKey.open(sealed, context) === plain)) throw new WrongMasterKey();
}

async function requireKeyOfSubjects(db: Database, masterKey: MasterKey): Promise<void> {
  const [some] = await db.query<{ subject: string }>(`select subject from subject_key where key is not null limit 1`);
  if (some === undefined) return;
  const keys = new SubjectKeys(db, masterKey);
  try {
    await keys.load([some.subject]);
  } catch (error) {
    if (isDecryptionFailure(error)) throw new WrongMasterKey();
    throw error;
  }
}

function opens(open: () => boolean): boolean {
  try {
    return open();
  } catch {
    return false;
  }
}

/** What node:crypto says when a GCM tag does not match. */
function isDecryptionFailure(error: unknown): boolean {
  return String(error).includes('unable to authenticate data');
}
