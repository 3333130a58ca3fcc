import { decideAgainOnConflict } from './conflict.js';
import type { AnyFact, Causation, Fold, Recorded, RecordedFact } from './core.js';
import type { Tx } from './database.js';
import type { EventStore, LoadOptions, StreamOfStore } from './event-store.js';
import type { Work } from './work.js';

export interface Loaded<State> {
  readonly id: string;
  readonly state: State;
  /** 0 when nothing happened yet. */
  readonly version: number;
}

/** A stream as read. */
export interface Read<State> extends Loaded<State> {
  /** Id of its newest fact, for what follows from it; null when nothing happened yet. */
  readonly lastFactId: string | null;
}

/** One stream that a work changes. */
export interface Change<State, Event> {
  readonly id: string;
  readonly before: State;
  readonly after: State;
  readonly version: number;
  readonly facts: readonly (Event & Recorded)[];
}

/** A table written in the transaction of the facts it shows. Rows come from `after`, so a rebuild is a fold. */
export interface ReadModel<State, Event> {
  readonly name: string;
  /** What it writes. */
  readonly tables: readonly string[];
  /** Columns that facts do not decide, as `table.column`, with what decides them. A rebuild leaves them as they are. */
  readonly notDerived?: Readonly<Record<string, string>>;
  /** @param fold version of the fold, for the column `fold` of each row */
  write(changes: readonly Change<State, Event>[], work: Work, fold: number): void;
  /** The same of whole streams, over rows that are older, wrong, missing or to go; as `write` unless given. */
  restore?(changes: readonly Change<State, Event>[], work: Work, fold: number): void;
}

/** What a read model keeps of a stream, as a row was read. */
export interface StoredState {
  readonly id: string;
  readonly version: number;
  /** Of the fold that wrote it. */
  readonly fold: number;
  /** As the row holds it. */
  readonly state: unknown;
}

interface RestoreOptions extends Pick<LoadOptions, 'forgotten'> {
  readonly only?: readonly string[];
}

interface WholeOptions extends LoadOptions {
  /** An instant: facts that occurred later are left out. */
  readonly until?: string;
}

export interface StreamDefinition<State, Event extends AnyFact> {
  /** Prefix of the stream names: `<category>-<id>`. */
  readonly category: string;
  readonly fold: Fold<State, Event>;
  /** Brings stored facts of these types to their newest shape, on each read: nothing else meets an older one. */
  readonly upcasts?: { readonly [Type in Event['type']]?: (stored: RecordedFact) => RecordedFact };
  /** Does a row hold the shape of a state? Rows that have not are folded from their streams. */
  readonly isState?: (stored: unknown) => boolean;
  readonly readModels?: readonly ReadModel<State, Event>[];
}

/** The streams of one category. A feature writes its facts only through them. */
export abstract class EventStream<State, Event extends AnyFact> implements StreamOfStore {
  private readonly changes = new WeakMap<Work, Map<string, Change<State, Event>>>();

  protected constructor(
    protected readonly store: EventStore,
    private readonly definition: StreamDefinition<State, Event>,
  ) {
    store.register(this, definition.upcasts ?? {});
  }

  get category(): string {
    return this.definition.category;
  }

  /** Version of the fold, as rows carry it. */
  get fold(): number {
    return this.definition.fold.version;
  }

  get readModels(): readonly Pick<ReadModel<State, Event>, 'name' | 'tables' | 'notDerived'>[] {
    return this.definition.readModels ?? [];
  }

  streamOf(id: string): string {
    return `${this.definition.category}-${id}`;
  }

  async load(id: string): Promise<Read<State>> {
    return (await this.loadMany([id])).get(id) ?? this.absent(id);
  }

  /** One entry for each id, at version 0 where nothing happened yet; one query. */
  async loadMany(ids: readonly string[]): Promise<Map<string, Read<State>>> {
    if (ids.length === 0) return new Map();
    const stored = await this.store.load(ids.map((id) => this.streamOf(id)));
    return new Map(ids.map((id) => [id, this.folded(id, stored.get(this.streamOf(id)) ?? [])]));
  }

  /**
   * The streams that rows were written from. A row that another version of the fold wrote, or that has not the shape of a state, is
   * not believed: its stream is folded, all such with one query.
   */
  async loadRows(rows: readonly StoredState[]): Promise<Loaded<State>[]> {
    const { fold, isState = () => true } = this.definition;
    const doubted = rows.filter((row) => row.fold !== fold.version || !isState(row.state)).map(({ id }) => id);
    const folded = await this.loadMany(doubted);
    // `isState` has looked at it, and this fold wrote it.
    return rows.map(({ id, version, state }) => folded.get(id) ?? { id, version, state: state as State });
  }

  /** Was this row written by the fold of today? */
  isCurrent({ fold, state }: Pick<StoredState, 'fold' | 'state'>): boolean {
    return fold === this.definition.fold.version && (this.definition.isState?.(state) ?? true);
  }

  /** Whole streams as one change each, from nothing to what they are now, or were at `until`; those without facts are left out. */
  async whole(ids: readonly string[], { until, ...options }: WholeOptions = {}): Promise<Change<State, Event>[]> {
    const stored = await this.store.load(
      ids.map((id) => this.streamOf(id)),
      options,
    );
    return ids.flatMap((id) => {
      const all = stored.get(this.streamOf(id)) ?? [];
      const facts = until === undefined ? all : all.filter(({ occurredAt }) => occurredAt <= until);
      if (facts.length === 0) return [];
      const { state: after, version } = this.folded(id, facts);
      return [{ id, before: this.definition.fold.initial, after, version, facts: this.eventsOf(facts) }];
    });
  }

  /**
   * Stages the rows of these streams as their facts give them. To be committed in `tx`, which also read them: a
   * transaction that writes one of the rows meanwhile makes it start again.
   * @param only names of read models; all unless given
   */
  async restore(work: Work, ids: readonly string[], tx: Tx, { only, ...options }: RestoreOptions = {}): Promise<void> {
    const changes = await this.whole(ids, { ...options, on: tx });
    if (changes.length === 0) return;
    for (const model of this.definition.readModels ?? [])
      if (only?.includes(model.name) ?? true)
        (model.restore ?? model.write).call(model, changes, work, this.definition.fold.version);
  }

  /** Writes the rows of these streams again, as their facts give them. Rows that somebody writes meanwhile are folded again. */
  async rewrite(ids: readonly string[], options: RestoreOptions = {}): Promise<void> {
    await this.store.db.transaction(async (tx) => {
      const work = this.store.work();
      await this.restore(work, ids, tx, options);
      await work.commit(tx);
    });
  }

  /**
   * Stages what was decided on a loaded state, with the read models; returns the state after. May be called several
   * times for one stream in one work, each time with what the former returned.
   */
  stage(
    work: Work,
    loaded: Loaded<State>,
    events: readonly Event[],
    causation: Causation,
  ): Loaded<State> & { facts: readonly (Event & Recorded)[] } {
    if (events.length === 0) return { ...loaded, facts: [] };
    const facts = work.append(this.streamOf(loaded.id), loaded.version, events, causation);
    const state = facts.reduce<State>((s, fact) => this.definition.fold.evolve(s, fact), loaded.state);
    const version = loaded.version + facts.length;
    this.note(work, { id: loaded.id, before: loaded.state, after: state, version, facts });
    return { id: loaded.id, state, version, facts };
  }

  /**
   * Loads, decides and appends; after a conflict all of it again. A decision without facts writes only what `also`
   * stages.
   * @throws whatever `decide` throws; ConcurrencyConflict after eight conflicts
   */
  async transact(
    id: string,
    decide: (state: State, version: number) => readonly Event[] | Promise<readonly Event[]>,
    causation: Causation,
    also?: (work: Work, after: Loaded<State> & { facts: readonly (Event & Recorded)[] }) => void | Promise<void>,
  ): Promise<Loaded<State> & { facts: readonly (Event & Recorded)[] }> {
    return await decideAgainOnConflict(async () => {
      const loaded = await this.load(id);
      const work = this.store.work();
      const after = this.stage(work, loaded, await decide(loaded.state, loaded.version), causation);
      await also?.(work, after);
      await work.commit();
      return after;
    });
  }

  private absent(id: string): Read<State> {
    return { id, state: this.definition.fold.initial, version: 0, lastFactId: null };
  }

  private folded(id: string, facts: readonly RecordedFact[]): Read<State> {
    const { fold } = this.definition;
    return {
      id,
      state: this.eventsOf(facts).reduce<State>((s, event) => fold.evolve(s, event), fold.initial),
      version: facts.length,
      lastFactId: facts.at(-1)?.id ?? null,
    };
  }

  /** The category's streams hold this union only; the store has brought older shapes to it. */
  private eventsOf(facts: readonly RecordedFact[]): readonly (Event & Recorded)[] {
    return facts as readonly unknown[] as readonly (Event & Recorded)[];
  }

  private note(work: Work, change: Change<State, Event>): void {
    const readModels = this.definition.readModels ?? [];
    if (readModels.length === 0) return;
    const known = this.changes.get(work) ?? new Map<string, Change<State, Event>>();
    this.changes.set(work, known);
    const earlier = known.get(change.id);
    known.set(
      change.id,
      earlier === undefined
        ? change
        : { ...change, before: earlier.before, facts: [...earlier.facts, ...change.facts] },
    );
    work.finishWith(this, () => {
      const changes = [...known.values()];
      for (const readModel of readModels) readModel.write(changes, work, this.definition.fold.version);
    });
  }
}
