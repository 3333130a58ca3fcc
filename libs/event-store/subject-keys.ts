import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { PersonalPart } from './core.js';
import type { Database } from './database.js';
import { openWith, sealWith, type MasterKey } from './master-key.js';

/** A key in memory, or null once the subject is forgotten. */
type Known = KeyObject | null;

/** What new keys a work has to store along with what they seal. */
export interface NewKey {
  readonly subject: string;
  readonly wrapped: Buffer;
  readonly key: KeyObject;
}

const cacheLimit = 50_000;
/** The one class of personal data so far; other classes get other keys and so other retention. */
const subjectClass = 'standard';

/**
 * Keys of personal subjects: one random AES-256 key for each, wrapped by the master key. Forgetting a subject destroys
 * its key and leaves a tombstone, so that everything sealed under it reads as forgotten, for ever and everywhere.
 */
export class SubjectKeys {
  private readonly cache = new Map<string, Known>();

  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
  ) {
    db.doorbell.on(forgottenBell(db.schema), () => this.cache.clear());
  }

  /** Makes the keys of these subjects known, in one query for those not cached. Unknown subjects stay unknown. */
  async load(subjects: Iterable<string>): Promise<void> {
    const missing = [...new Set(subjects)].filter((subject) => !this.cache.has(subject));
    if (missing.length === 0) return;
    const rows = await this.db.query<{ subject: string; key: Buffer | null }>(
      `select subject, key from subject_key where subject = any($1::uuid[]) and class = $2`,
      [missing, subjectClass],
    );
    for (const { subject, key } of rows) {
      this.remember(subject, key === null ? null : createSecretKey(this.masterKey.unwrap(key, wrapContext(subject))));
    }
  }

  /** A fresh key for a subject that has none, to be stored in the transaction of what it seals. */
  create(subject: string): NewKey {
    const secret = randomBytes(32);
    return { subject, wrapped: this.masterKey.wrap(secret, wrapContext(subject)), key: createSecretKey(secret) };
  }

  known(subject: string): Known | undefined {
    return this.cache.get(subject);
  }

  /** To be called only after the key is stored. */
  remember(subject: string, key: Known): void {
    if (this.cache.size >= cacheLimit) this.cache.clear();
    this.cache.set(subject, key);
  }

  /** Seals text under the subject's key; null for a forgotten subject. @throws Error if the key was not loaded */
  seal(subject: string, text: string, key = this.known(subject)): string | null {
    if (key === undefined) throw new Error(`no key for subject ${subject}`);
    return key === null ? null : sealWith(key, Buffer.from(text), subject).toString('base64');
  }

  /** Opens sealed text; null for a forgotten or unknown subject. */
  open(subject: string, sealed: string | null): string | null {
    const key = this.known(subject);
    if (key === undefined || key === null || sealed === null) return null;
    return openWith(key, Buffer.from(sealed, 'base64'), subject).toString();
  }

  openPart(subject: string, sealed: string | null): PersonalPart {
    const text = this.open(subject, sealed);
    return { subject, fields: text === null ? null : (JSON.parse(text) as object) };
  }

  /** Destroys the subject's key for ever. Forgetting twice, or someone unknown, leaves the same tombstone. */
  async forget(subject: string): Promise<void> {
    await this.db.query(
      `insert into subject_key (subject, class, key, forgotten_at) values ($1, $2, null, clock_timestamp())
       on conflict (subject, class) do update set key = null, forgotten_at = coalesce(subject_key.forgotten_at, clock_timestamp())`,
      [subject, subjectClass],
    );
    this.cache.clear();
    this.db.doorbell.ring(forgottenBell(this.db.schema));
  }

  /** Fragment that stores new keys; refuses (23505) a subject that has one by now. */
  static insertSql = `insert into subject_key (subject, class, key)
    select s, '${subjectClass}', k from unnest($1::uuid[], $2::bytea[]) as u(s, k)`;
}

const wrapContext = (subject: string): string => `subject/${subject}/${subjectClass}`;
const forgottenBell = (schema: string): string => `${schema}.forgotten`;
