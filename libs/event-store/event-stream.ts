import { decideAgainOnConflict } from './conflict.js';
import type { AnyFact, Causation, Fold, Recorded, RecordedFact } from './core.js';
import type { EventStore } from './event-store.js';
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
  write(changes: readonly Change<State, Event>[], work: Work): void;
}

export interface StreamDefinition<State, Event extends AnyFact> {
  /** Prefix of the stream names: `<category>-<id>`. */
  readonly category: string;
  readonly fold: Fold<State, Event>;
  /** Runs on read, so that everything else only meets the newest shape. */
  readonly upcast?: (stored: RecordedFact) => Event & Recorded;
  readonly readModels?: readonly ReadModel<State, Event>[];
}

/** The streams of one category. A feature writes its facts only through them. */
export abstract class EventStream<State, Event extends AnyFact> {
  private readonly changes = new WeakMap<Work, Map<string, Change<State, Event>>>();

  protected constructor(
    protected readonly store: EventStore,
    private readonly definition: StreamDefinition<State, Event>,
  ) {}

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
   * @throws whatever `decide` throws; ConcurrencyConflict after eight lost races
   */
  async transact(
    id: string,
    decide: (state: State) => readonly Event[] | Promise<readonly Event[]>,
    causation: Causation,
    also?: (work: Work, after: Loaded<State> & { facts: readonly (Event & Recorded)[] }) => void | Promise<void>,
  ): Promise<Loaded<State> & { facts: readonly (Event & Recorded)[] }> {
    return await decideAgainOnConflict(async () => {
      const loaded = await this.load(id);
      const work = this.store.work();
      const after = this.stage(work, loaded, await decide(loaded.state), causation);
      await also?.(work, after);
      await work.commit();
      return after;
    });
  }

  private absent(id: string): Read<State> {
    return { id, state: this.definition.fold.initial, version: 0, lastFactId: null };
  }

  private folded(id: string, facts: readonly RecordedFact[]): Read<State> {
    const { fold, upcast } = this.definition;
    // The category's streams hold this union only; `upcast` has brought older shapes to it.
    const events = (upcast === undefined ? facts : facts.map(upcast)) as readonly unknown[] as readonly Event[];
    return {
      id,
      state: events.reduce<State>((s, event) => fold.evolve(s, event), fold.initial),
      version: facts.length,
      lastFactId: facts.at(-1)?.id ?? null,
    };
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
      for (const readModel of readModels) readModel.write(changes, work);
    });
  }
}
