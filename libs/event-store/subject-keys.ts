import { createSecretKey, type KeyObject } from 'node:crypto';
import { randomBytesFromPool } from '#libs/system/random-pool.js';
import { objectIn, type PersonalPart } from './core.js';
import type { Database, Tx } from './database.js';
import { openWith, sealWith, type MasterKey } from './master-key.js';

/** A key, or null once the subject is forgotten. */
type Key = KeyObject | null;

/** A new key that a work must store together with the data that it encrypts. */
export interface NewKey {
  readonly subject: string;
  readonly wrapped: Buffer;
  readonly key: KeyObject;
  /** How many times somebody had been forgotten when it was made. */
  readonly generation: number;
}

/** Keys kept in memory; the oldest goes when there are more. */
const cacheLimit = 50_000;
/** The one class of personal data so far; other classes get other keys and so other retention. */
const subjectClass = 'standard';

/** The keys of the subjects that were asked for, kept for as long as the ring is, whatever memory lets go meanwhile. */
export class KeyRing {
  constructor(private readonly keys: Map<string, Key>) {}

  has(subject: string): boolean {
    return this.keys.has(subject);
  }

  /** Its key is gone, and a tombstone says so. */
  isForgotten(subject: string): boolean {
    return this.keys.get(subject) === null;
  }

  add({ subject, key }: NewKey): void {
    this.keys.set(subject, key);
  }

  /** From now on it reads as forgotten here. */
  hide(subject: string): void {
    this.keys.set(subject, null);
  }

  /** Seals text under the subject's key; null for a forgotten subject. @throws Error if the ring lacks the key */
  seal(subject: string, text: string): string | null {
    const key = this.keys.get(subject);
    if (key === undefined) throw new Error(`no key for subject ${subject}`);
    return key === null ? null : sealWith(key, text, subject).toString('base64');
  }

  /** Opens sealed text; null for a forgotten or unknown subject. */
  open(subject: string, sealed: string | null): string | null {
    const key = this.keys.get(subject);
    if (key === undefined || key === null || sealed === null) return null;
    return openWith(key, Buffer.from(sealed, 'base64'), subject).toString();
  }

  openPart(subject: string, sealed: string | null): PersonalPart {
    const text = this.open(subject, sealed);
    return { subject, fields: text === null ? null : objectIn('personal data', text) };
  }
}

/**
 * Keys of personal subjects: one random AES-256 key for each, wrapped by the master key. Forgetting a subject destroys
 * its key and leaves a tombstone, so that everything sealed under it reads as forgotten, everywhere and always.
 */
export class SubjectKeys {
  private readonly cache = new Map<string, Key>();
  private generation = 0;

  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
    private readonly limit = cacheLimit,
  ) {
    db.notifier.on(forgottenChannel(db.schema), () => this.evict());
  }

  /**
   * The keys of these subjects, in one query for those not in memory; a subject without a key is absent.
   * @param isNew subjects believed to have none: not asked for
   * @param on asks this transaction for all of them, whatever is in memory
   */
  async load(subjects: Iterable<string>, isNew: (subject: string) => boolean = () => false, on?: Tx): Promise<KeyRing> {
    const ring = new Map<string, Key>();
    const missing = new Set<string>();
    for (const subject of subjects) {
      const key = on === undefined ? this.cache.get(subject) : undefined;
      if (key !== undefined) ring.set(subject, key);
      else if (!isNew(subject)) missing.add(subject);
    }
    if (missing.size === 0) return new KeyRing(ring);
    const { generation } = this;
    const rows = await (on ?? this.db).query<{ subject: string; key: Buffer | null }>(
      `select subject, key from subject_key where subject = any($1::uuid[]) and class = $2`,
      [[...missing], subjectClass],
    );
    for (const { subject, key: wrapped } of rows) {
      const key = wrapped === null ? null : createSecretKey(this.masterKey.unwrap(wrapped, wrapContext(subject)));
      ring.set(subject, key);
      this.keep(subject, key, generation);
    }
    return new KeyRing(ring);
  }

  /** Those of these subjects of which the database has a key, or says that it was destroyed. */
  async stored(subjects: Iterable<string>): Promise<ReadonlySet<string>> {
    const rows = await this.db.query<{ subject: string }>(
      'select distinct subject from subject_key where subject = any($1::uuid[])',
      [[...subjects]],
    );
    return new Set(rows.map(({ subject }) => subject));
  }

  /** A fresh key for a subject that has none, to be stored in the transaction of what it seals. */
  create(subject: string): NewKey {
    const secret = randomBytesFromPool(32);
    const wrapped = this.masterKey.wrap(secret, wrapContext(subject));
    return { subject, wrapped, key: createSecretKey(secret), generation: this.generation };
  }

  /** To be called only after the key is stored. */
  remember({ subject, key, generation }: NewKey): void {
    this.keep(subject, key, generation);
  }

  /**
   * Destroys the subject's key. It cannot be restored. Forgetting twice, or someone unknown, leaves the same tombstone. Rows that show
   * what it sealed stay as they are: `forgetSubject` folds them again in the same work.
   */
  async forget(subject: string): Promise<void> {
    await this.db.query(destroySql, [subject]);
    this.forgotten();
  }

  /** The same as a part of `work`, which somebody else commits; `forgotten` is to be called after it. */
  stageForget(work: { run(sql: string, params: readonly unknown[]): void }, subject: string): void {
    work.run(destroySql, [subject]);
  }

  /** A key was destroyed: no process keeps what it has in memory. */
  forgotten(): void {
    this.evict();
    this.db.notifier.notify(forgottenChannel(this.db.schema));
  }

  /** Fragment that stores new keys; refuses (23505) a subject that has one by now. */
  static readonly insertSql = `insert into subject_key (subject, class, key)
    select s, '${subjectClass}', k from unnest($1::uuid[], $2::bytea[]) as u(s, k)`;

  /** A key that was read or made before a person was forgotten may belong to that person: it is not kept. */
  private keep(subject: string, key: Key, generation: number): void {
    if (generation !== this.generation) return;
    this.cache.set(subject, key);
    const [oldest] = this.cache.keys();
    if (this.cache.size > this.limit && oldest !== undefined) this.cache.delete(oldest);
  }

  private evict(): void {
    this.generation += 1;
    this.cache.clear();
  }
}

const destroySql = `insert into subject_key (subject, class, key, forgotten_at) values ($1::uuid, '${subjectClass}', null, clock_timestamp())
  on conflict (subject, class) do update set key = null, forgotten_at = coalesce(subject_key.forgotten_at, clock_timestamp())`;

const wrapContext = (subject: string): string => `subject/${subject}/${subjectClass}`;
const forgottenChannel = (schema: string): string => `${schema}.forgotten`;
