import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import type { Causation } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Lease } from '#libs/event-store/lease.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import {
  account,
  type Account,
  type AccountEvent,
  type Accounts,
  noteChangedManagers,
  type Outcome,
  writeOutcomes,
} from '../../accounts/accounts.exports.js';

interface Entry {
  readonly loaded: Loaded<Account>;
  readonly events: readonly AccountEvent[];
  readonly causation: Causation;
  readonly outcome: Outcome | null;
  readonly resolve: (after: Loaded<Account>) => void;
  readonly reject: (error: unknown) => void;
}

/** Maximum of accounts written by one statement. */
const page = 200;
/** A statement with this many bulk entries means load: the next one waits a little, so that it has more entries. */
const loadedFrom = 24;
const lingerMs = 10;
const attempts = 4;

/**
 * Stores what happened to many accounts in one statement under the worker's lease: entries that arrive during one
 * statement go with the next one, under load a little later. Without load an entry is written at once. Entries that
 * somebody waits for go before bulk entries.
 */
export class Journal {
  private queue: Entry[] = [];
  private flushing = false;
  private readonly pauses = new Wakeable(new AbortController().signal);

  /** @param managersOf the connector whose accounts refer to those of managers; null where none do */
  constructor(
    private readonly store: EventStore,
    private readonly accounts: Accounts,
    private readonly lease: Lease,
    private readonly now: () => string,
    private readonly managersOf: string | null = null,
  ) {}

  /** Resolves with the account as stored, once it is. @throws LeaseLost, ConcurrencyConflict, or the database's error: nothing was stored */
  write(
    loaded: Loaded<Account>,
    events: readonly AccountEvent[],
    causation: Causation,
    outcome: Outcome | null,
  ): Promise<Loaded<Account>> {
    return new Promise((resolve, reject) => {
      this.queue.push({ loaded, events, causation, outcome, resolve, reject });
      if (causation.bulk !== true) this.pauses.wake();
      if (this.flushing) return;
      this.flushing = true;
      // Entries of the same turn of the event loop are included.
      setImmediate(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    while (this.queue.length > 0) {
      const entries = this.next();
      this.pauses.listen();
      await this.commit(entries);
      const isBulk = entries.length >= loadedFrom && entries[0]?.causation.bulk === true;
      if (isBulk && this.queue.length < page) await this.pauses.waitUnlessWoken(lingerMs);
    }
    this.flushing = false;
  }

  private next(): readonly Entry[] {
    const urgent = this.queue.filter(({ causation }) => causation.bulk !== true);
    const entries = new Set((urgent.length > 0 ? urgent : this.queue).slice(0, page));
    this.queue = this.queue.filter((entry) => !entries.has(entry));
    return [...entries];
  }

  /** All in one statement. After a conflict one by one, so that one account never blocks the others. */
  private async commit(entries: readonly Entry[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const work = this.store.work();
      const after = entries.map(({ loaded, events, causation }) =>
        this.accounts.stage(work, loaded, events, causation),
      );
      writeOutcomes(
        work,
        entries.flatMap(({ outcome }) => outcome ?? []),
        this.now(),
      );
      if (this.managersOf !== null) noteChangedManagers(work, this.managersOf, entries.flatMap(withOtherId));
      work.under(this.lease);
      try {
        await work.commit();
        entries.forEach(({ resolve, loaded }, index) => resolve(after[index] ?? loaded));
        return;
      } catch (error) {
        if (error instanceof ConcurrencyConflict && attempt < attempts) continue;
        await this.afterFailure(entries, error);
        return;
      }
    }
  }

  /** A failure of one account must not affect the others. */
  private async afterFailure(entries: readonly Entry[], error: unknown): Promise<void> {
    const ofOne = !isOutage(error) && !(error instanceof LeaseLost);
    if (!ofOne || entries.length === 1) {
      for (const { reject } of entries) reject(error);
      return;
    }
    for (const entry of entries) await this.commit([entry]);
  }
}

/** Whose account has another id in the application after this, or none. */
function withOtherId({ loaded, events }: Entry): string[] {
  const { accountId } = loaded.state;
  const after = events.reduce((state, event) => account.evolve(state, event), loaded.state);
  return after.accountId === accountId ? [] : events.slice(0, 1).map(({ data }) => data.identityId);
}
