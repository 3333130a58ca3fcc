import { asConflict } from './conflict.js';
import type { AnyFact, Causation, RecordedFact } from './core.js';
import type { Database, Tx } from './database.js';
import type { Lease } from './lease.js';
import { composeStatement, type Fragment } from './statement.js';

/** What a work needs of the store that it writes to. */
export interface WorkStore {
  readonly db: Pick<Database, 'query'>;
  /** The fact as it will be recorded. */
  record<Event extends AnyFact>(fact: Event, stream: string, version: number, cause: Causation): RecordedFact<Event>;
  /** The fragments that append these facts, and what to call once they are stored. */
  fragmentsFor(
    facts: readonly RecordedFact[],
    heads: ReadonlyMap<string, number>,
  ): Promise<{ readonly fragments: readonly Fragment[]; readonly stored: () => void }>;
  notStored(facts: readonly RecordedFact[]): void;
  notifyReaders(): void;
}

/**
 * Everything one decision, batch or step writes: facts, read models, inbox, places. Staged here, it is committed as
 * one statement: wholly or not at all.
 */
export class Work {
  private readonly facts: RecordedFact[] = [];
  private readonly heads = new Map<string, number>();
  private readonly fragments: Fragment[] = [];
  private readonly finishers = new Map<object, (work: Work) => void>();
  private readonly committed: (() => void)[] = [];
  private done = false;
  private synchronous = true;

  constructor(private readonly store: WorkStore) {}

  /** Facts staged so far. */
  get staged(): readonly RecordedFact[] {
    return this.facts;
  }

  /**
   * Stages facts of one stream. `version` is the version of the stream they follow: 0 for a new stream, or what an
   * earlier `append` of this work left. Returns them as they will be recorded.
   */
  append<Event extends AnyFact>(
    stream: string,
    version: number,
    facts: readonly Event[],
    causation: Causation,
  ): RecordedFact<Event>[] {
    const recorded = facts.map((fact, index) => this.store.record(fact, stream, version + index + 1, causation));
    if (recorded.length > 0 && !this.heads.has(stream)) this.heads.set(stream, version);
    this.facts.push(...recorded);
    return recorded;
  }

  /** Stages one INSERT, UPDATE or DELETE with its own `$1…`. */
  run(sql: string, params: readonly unknown[] = []): void {
    this.fragments.push({ sql, params });
  }

  /** The same, and the whole work fails with `ConcurrencyConflict` unless it touches exactly `rows` rows. */
  expect(sql: string, params: readonly unknown[], rows: number, what = 'expected rows'): void {
    this.fragments.push({ sql, params, rows, what });
  }

  /** The whole work fails with `LeaseLost` unless the lease is still ours; a takeover waits for this work to end. */
  under(lease: Lease): void {
    this.fragments.push(lease.fence());
  }

  /**
   * The server answers before the work is on the disk. A server that crashes then may lose the work, wholly, together with
   * all that was committed after it and is not on the disk either: only for what is done again without harm.
   */
  commitAsynchronously(): void {
    this.synchronous = false;
  }

  /** Calls `finish` once, right before the commit: for what gathers rows over several stagings. `key` names it. */
  finishWith(key: object, finish: (work: Work) => void): void {
    if (!this.finishers.has(key)) this.finishers.set(key, finish);
  }

  /** Calls `listener` after the commit, never when it fails. */
  onCommitted(listener: () => void): void {
    this.committed.push(listener);
  }

  /** True when there is nothing to write. */
  get empty(): boolean {
    return this.facts.length === 0 && this.fragments.length === 0 && this.finishers.size === 0;
  }

  /**
   * Writes everything, in its own transaction or as one statement of `tx`, then notifies readers.
   * @throws ConcurrencyConflict another process wrote first: load, decide and commit a new work
   * @throws LeaseLost the lease given to `under` is gone
   */
  async commit(tx?: Tx): Promise<void> {
    if (this.done) throw new Error('this work is already committed');
    this.done = true;
    for (const finish of this.finishers.values()) finish(this);
    if (this.facts.length === 0 && this.fragments.length === 0) return;
    const { fragments, stored } = await this.store.fragmentsFor(this.facts, this.heads);
    const { sql, params, receive } = composeStatement([...fragments, ...this.fragments], this.synchronous);
    let answer: readonly Readonly<Record<string, unknown>>[];
    try {
      answer = await (tx ?? this.store.db).query(sql, params);
    } catch (error) {
      this.store.notStored(this.facts);
      throw asConflict(error);
    }
    receive(answer[0]);
    stored();
    for (const listener of this.committed) listener();
    if (this.facts.length > 0) this.store.notifyReaders();
  }
}
