import type { AnyFact, Causation, RecordedFact } from './core.js';
import type { Database, Tx } from './database.js';
import {
  eventColumns,
  insertFragment,
  mentionsIn,
  predecessorFragment,
  sealedPartsOf,
  toFact,
  type EventRow,
} from './event-rows.js';
import { uuidv7 } from './ids.js';
import type { MasterKey } from './master-key.js';
import type { Fragment } from './statement.js';
import { SubjectKeys, type KeyRing, type NewKey } from './subject-keys.js';
import { Work } from './work.js';

/** The position of a reader: after the fact at (epoch, tx, position). Only the store reads its fields. */
export interface LogPosition {
  readonly epoch: number;
  readonly tx: string;
  readonly position: string;
}
export const beginning: LogPosition = { epoch: 0, tx: '0', position: '0' };

export interface StoredPage {
  readonly facts: readonly RecordedFact[];
  /** Continue here. */
  readonly next: LogPosition;
  /**
   * `more`: read the next page at once; `soon`: a row is written but an older transaction is open, so try again in a
   * millisecond; `end`: wait for a notification.
   */
  readonly then: 'more' | 'soon' | 'end';
}

/** What a hook adds to a work that appends. */
export interface StagedFragment extends Fragment {
  /** Called after the commit, never when it fails. */
  readonly committed?: () => void;
}

/** How streams are read. */
export interface LoadOptions {
  /** Sees what this transaction sees, keys too: none that another process has destroyed. */
  readonly on?: Tx;
  /** A subject that reads as forgotten: its key is being destroyed. */
  readonly forgotten?: string;
}

/** The streams of one category, as far as the store knows them. */
export interface StreamOfStore {
  readonly category: string;
  readonly fold: number;
  readonly readModels: readonly {
    readonly name: string;
    readonly tables: readonly string[];
    readonly notDerived?: Readonly<Record<string, string>>;
  }[];
  restore(
    work: Work,
    ids: readonly string[],
    tx: Tx,
    options?: { readonly only?: readonly string[]; readonly forgotten?: string },
  ): Promise<void>;
  rewrite(ids: readonly string[], options?: { readonly only?: readonly string[] }): Promise<void>;
}

/** Steps that are followed back from a fact to its causes. */
const longestChain = 16;

type Upcast = (stored: RecordedFact) => RecordedFact;

/**
 * Append-only facts of one service in PostgreSQL: optimistic concurrency by (stream, version), a global order that
 * readers follow without gaps, personal parts sealed per subject.
 */
export class EventStore {
  readonly keys: SubjectKeys;
  private readonly hooks: ((facts: readonly RecordedFact[]) => readonly StagedFragment[])[] = [];
  /** Subjects whose key another process stored first; loaded before the next encryption. */
  private readonly askAgain = new Set<string>();
  private readonly upcasts = new Map<string, Upcast>();
  private readonly registered: StreamOfStore[] = [];

  constructor(
    readonly db: Database,
    masterKey: MasterKey,
    /** The hub's clock: an ISO instant. */
    private readonly now: () => string,
    /** From {@link currentEpoch}. */
    readonly epoch: number,
  ) {
    this.keys = new SubjectKeys(db, masterKey);
  }

  work(): Work {
    return new Work(this);
  }

  /** Every category of streams that this service has. */
  get streams(): readonly StreamOfStore[] {
    return this.registered;
  }

  /** Registers a category, with the upcasts that bring its older facts to their newest shape. */
  register(stream: StreamOfStore, upcasts: Readonly<Record<string, Upcast | undefined>>): void {
    this.registered.push(stream);
    for (const [type, upcast] of Object.entries(upcasts)) if (upcast !== undefined) this.upcasts.set(type, upcast);
  }

  /** Adds fragments to every work that appends: how a bus in the same database publishes in the same statement. */
  onStage(hook: (facts: readonly RecordedFact[]) => readonly StagedFragment[]): void {
    this.hooks.push(hook);
  }

  /** All facts of each stream, oldest first, in one query; a stream without facts is absent. */
  async load(streams: readonly string[], options: LoadOptions = {}): Promise<Map<string, RecordedFact[]>> {
    const rows = await (options.on ?? this.db).query<EventRow>(
      `select ${eventColumns} from events e where e.stream = any($1::text[]) order by e.stream, e.version`,
      [[...new Set(streams)]],
    );
    const byStream = new Map<string, RecordedFact[]>();
    for (const fact of await this.open(rows, options)) {
      const list = byStream.get(fact.stream);
      if (list === undefined) byStream.set(fact.stream, [fact]);
      else list.push(fact);
    }
    return byStream;
  }

  /**
   * The next facts in global order, without gaps: only rows whose transaction is older than every open one, so that
   * nothing can still commit before them. @param limit 1 to 1,000
   */
  async read(after: LogPosition, limit: number): Promise<StoredPage> {
    const rows = await this.db.query<EventRow & { ok: boolean }>(
      `select ${eventColumns}, (e.epoch < $5 or e.tx < pg_snapshot_xmin(pg_current_snapshot())) as ok from events e
       where (e.epoch, e.tx, e.position) > ($1::int, $2::xid8, $3::bigint)
       order by e.epoch, e.tx, e.position limit $4`,
      [after.epoch, after.tx, after.position, limit, this.epoch],
    );
    const hidden = rows.findIndex((row) => !row.ok);
    const visible = hidden === -1 ? rows : rows.slice(0, hidden);
    const last = visible.at(-1);
    return {
      facts: await this.open(visible),
      next: last === undefined ? after : { epoch: last.epoch, tx: last.tx_text, position: last.position },
      then: hidden !== -1 ? 'soon' : rows.length === limit ? 'more' : 'end',
    };
  }

  /**
   * Facts by their ids, and what led to them by their causation ids, as far as it is stored here: at most
   * {@link longestChain} steps back. In the order in which they were stored.
   */
  async chain(ids: readonly string[]): Promise<RecordedFact[]> {
    const rows = await this.db.query<EventRow>(
      `with recursive chain(id, causation_id, depth) as (
         select c.id, c.causation_id, 0 from events c where c.id = any($1::uuid[])
         union
         select c.id, c.causation_id, n.depth + 1 from chain n join events c on c.id = n.causation_id where n.depth < $2
       ) select ${eventColumns} from events e where e.id in (select id from chain) order by e.epoch, e.tx, e.position`,
      [ids, longestChain],
    );
    return await this.open(rows);
  }

  /** Adds to a fact what the store knows of it. */
  record<Event extends AnyFact>(
    fact: Event,
    stream: string,
    version: number,
    causation: Causation,
  ): RecordedFact<Event> {
    const { actor, correlationId, causationId, bulk } = causation;
    const at = { id: uuidv7(), stream, version, epoch: this.epoch, occurredAt: this.now() };
    return { ...fact, ...at, actor, correlationId, causationId, ...(bulk === true ? { bulk } : {}) };
  }

  /** Notifies the readers of this service's facts. */
  notifyReaders(): void {
    this.db.notifier.notify(`${this.db.schema}.events`);
  }

  onNotify(listener: () => void): () => void {
    return this.db.notifier.on(`${this.db.schema}.events`, listener);
  }

  /** The fragments that append these facts; `heads` is the version each stream had before. Called by `Work.commit`. */
  async fragmentsFor(
    facts: readonly RecordedFact[],
    heads: ReadonlyMap<string, number>,
  ): Promise<{ fragments: Fragment[]; stored: () => void }> {
    if (facts.length === 0) return { fragments: [], stored: () => undefined };
    const { ring, fresh } = await this.keysFor(facts);
    const fragments: Fragment[] = [insertFragment(this.epoch, facts, ring), ...predecessorFragment(heads)];
    if (fresh.length > 0) {
      fragments.push({
        sql: SubjectKeys.insertSql,
        params: [fresh.map((k) => k.subject), fresh.map((k) => k.wrapped)],
      });
    }
    const hooked = this.hooks.flatMap((hook) => hook(facts));
    fragments.push(...hooked);
    return {
      fragments,
      stored: () => {
        for (const key of fresh) this.keys.remember(key);
        for (const fragment of hooked) fragment.committed?.();
      },
    };
  }

  /** These facts were not stored: keys that were assumed to be new may exist. */
  notStored(facts: readonly RecordedFact[]): void {
    for (const { subject } of facts.flatMap(mentionsIn)) this.askAgain.add(subject);
  }

  /** New keys for subjects without one. A subject that is first named in the first fact of a stream is assumed to be new. */
  private async keysFor(facts: readonly RecordedFact[]): Promise<{ ring: KeyRing; fresh: readonly NewKey[] }> {
    const isNew = new Map<string, boolean>();
    for (const { subject, version } of facts.flatMap(mentionsIn))
      isNew.set(subject, isNew.get(subject) ?? (version === 1 && !this.askAgain.has(subject)));
    const ring = await this.keys.load(isNew.keys(), (subject) => isNew.get(subject) === true);
    for (const [subject, assumed] of isNew) if (!assumed) this.askAgain.delete(subject);
    const fresh = [...isNew.keys()].filter((s) => !ring.has(s)).map((subject) => this.keys.create(subject));
    for (const key of fresh) ring.add(key);
    return { ring, fresh };
  }

  private async open(rows: readonly EventRow[], { on, forgotten }: LoadOptions = {}): Promise<RecordedFact[]> {
    const sealed = rows.map(sealedPartsOf);
    const ring = await this.keys.load(
      sealed.flatMap((parts) => (parts === null ? [] : Object.values(parts).map((p) => p.s))),
      undefined,
      on,
    );
    if (forgotten !== undefined) ring.hide(forgotten);
    return rows.map((row, index) => {
      const fact = toFact(row, sealed[index] ?? null, ring);
      return this.upcasts.get(fact.type)?.(fact) ?? fact;
    });
  }
}
