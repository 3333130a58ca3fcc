import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import type { Causation } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Lease } from '#libs/event-store/lease.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import type { Work } from '#libs/event-store/work.js';
import type { Account } from '../../accounts/account.js';
import type { AccountEvent } from '../../accounts/account.events.js';
import type { Accounts } from '../../accounts/accounts.stream.js';

/** How the work on one desired access ended for now. Ignored if a newer one has arrived in the meantime. */
export interface Outcome {
  readonly application: string;
  readonly identityId: string;
  readonly epoch: number;
  readonly sequence: number;
  /** What had been asked for beside it when the work began: what was asked for later is still to be done. */
  readonly asked: number;
  /** No difference remains. */
  readonly done: boolean;
  readonly attempts: number;
  /** Instant; null when done or parked. */
  readonly nextAttemptAt: string | null;
  /** `name`: the userName that it waits for. */
  readonly parked: { readonly code: string; readonly detail: string; readonly name?: string } | null;
}

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

  constructor(
    private readonly store: EventStore,
    private readonly accounts: Accounts,
    private readonly lease: Lease,
    private readonly now: () => string,
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
      work.under(this.lease);
      try {
        await work.commit();
        entries.forEach(({ resolve, loaded }, index) => resolve(after[index] ?? loaded));
        return;
      } catch (error) {
        const conflict = error instanceof ConcurrencyConflict;
        if (conflict && attempt < attempts) continue;
        // A failure of one account must not affect the others.
        const ofOne = !isOutage(error) && !(error instanceof LeaseLost);
        if (ofOne && entries.length > 1) {
          for (const entry of entries) await this.commit([entry]);
        } else {
          for (const { reject } of entries) reject(error);
        }
        return;
      }
    }
  }
}

function writeOutcomes(work: Work, outcomes: readonly Outcome[], now: string): void {
  if (outcomes.length === 0) return;
  const rows = [...outcomes].sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
  work.run(
    `update desired d set dirty = not u.done or d.asked <> u.asked, attempts = case when u.done then 0 else u.attempts end,
       failing_since = case when d.attempts = 0 then $10::timestamptz else coalesce(d.failing_since, $10::timestamptz) end, next_attempt_at = coalesce(u.next_attempt_at, d.next_attempt_at),
       parked_code = case when d.asked = u.asked then u.parked_code end, parked_detail = case when d.asked = u.asked then u.parked_detail end,
       parked_at = case when d.asked = u.asked and u.parked_code is not null then $10::timestamptz end, wanted_name = u.wanted_name,
       gives_up = case when u.done and d.asked = u.asked then null else d.gives_up end,
       look_again = d.look_again and not (u.done and d.asked = u.asked)
     from unnest($1::text[], $2::uuid[], $3::int[], $4::int[], $5::boolean[], $6::int[], $7::timestamptz[], $8::text[], $9::text[], $11::text[], $12::int[])
       as u(application, identity_id, epoch, sequence, done, attempts, next_attempt_at, parked_code, parked_detail, wanted_name, asked)
     where d.application = u.application and d.identity_id = u.identity_id and d.epoch = u.epoch and d.sequence = u.sequence`,
    [
      rows.map((r) => r.application),
      rows.map((r) => r.identityId),
      rows.map((r) => r.epoch),
      rows.map((r) => r.sequence),
      rows.map((r) => r.done),
      rows.map((r) => r.attempts),
      rows.map((r) => r.nextAttemptAt),
      rows.map((r) => r.parked?.code ?? null),
      rows.map((r) => r.parked?.detail ?? null),
      now,
      rows.map((r) => r.parked?.name ?? null),
      rows.map((r) => r.asked),
    ],
  );
}
