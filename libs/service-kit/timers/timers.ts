import { ConcurrencyConflict, isOutage, sqlState, tooSlow } from '#libs/event-store/conflict.js';
import type { Database } from '#libs/event-store/database.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import type { Work } from '#libs/event-store/work.js';
import type { Clock } from '#libs/system/clock.js';
import {
  claimDue,
  postpone,
  releaseClaims,
  stageTimers,
  untilNextDueMs,
  type Claimed,
  type DueTimer,
  type Staged,
  type Timer,
} from './timers.store.js';

/**
 * Handles due timers, all of one kind at once (up to 200): stages every effect into `work`, which also takes the timers
 * away, so that each fires once. It may be called again for the same timers when the commit did not happen.
 */
export type TimerHandler = (due: readonly DueTimer[], work: Work) => Promise<void>;

/** Largest batch handed to a handler. */
const batch = 200;
/** Longest wait in milliseconds, in case a notification or the next due time is lost. */
const maxWaitMs = 30_000;
const retryMs = 500;

/** Timers are rows, so that they survive restarts. They are claimed with SKIP LOCKED and fire once. */
export class Timers {
  private readonly handlers = new Map<string, TimerHandler>();
  private readonly staged = new WeakMap<Work, Staged>();
  private readonly channel: string;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly pauses = new Wakeable(this.stopping.signal);
  /** The time until which the loop waits, in milliseconds: an earlier timer wakes it; null: every new timer does. */
  private sleepsUntil: number | null = null;

  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly onError: (kind: string, error: unknown) => void,
  ) {
    this.channel = `${db.schema}.timers`;
  }

  /** One handler for each kind; in `onModuleInit`. */
  handle(kind: string, handler: TimerHandler): void {
    if (this.handlers.has(kind)) throw new Error(`timer ${kind} has a handler`);
    this.handlers.set(kind, handler);
  }

  /** Sets a timer in the transaction of `work`, or moves it. */
  at(work: Work, timer: Timer): void {
    this.stagedIn(work).changes.set(nameOf(timer), timer);
  }

  /** Takes a timer away in the transaction of `work`; there need not be one. */
  cancel(work: Work, kind: string, key: string): void {
    this.stagedIn(work).changes.set(nameOf({ kind, key }), { kind, key, dueAt: null });
  }

  /** @param takeOver the former process is known to have ended: what it had claimed is free at once */
  async start({ takeOver = false }: { takeOver?: boolean } = {}): Promise<void> {
    if (takeOver) await releaseClaims(this.db);
    const listening = [
      this.db.notifier.on(this.channel, () => this.pauses.wake()),
      this.clock.onJump(() => this.pauses.wake()),
    ];
    this.running = this.loop().finally(() => {
      for (const stop of listening) stop();
    });
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        this.pauses.listen();
        const claimed = await claimDue(this.db, [...this.handlers.keys()], this.clock.now(), batch);
        const kinds = Map.groupBy(claimed, (timer) => timer.kind);
        for (const [kind, due] of kinds) await this.fire(kind, due);
        if (claimed.length < batch) await this.waitUntilDue();
      } catch (error) {
        if (!isOutage(error)) this.onError('all', error);
        await this.pauses.wait(retryMs);
      }
    }
  }

  /** All at once; after a failure one by one, so that one bad timer blocks no other. */
  private async fire(kind: string, due: readonly Claimed[]): Promise<void> {
    try {
      await this.commit(kind, due);
    } catch (error) {
      // If the database takes too long, fewer timers are fired at a time, then later, so that others do not wait.
      if (isOutage(error) && sqlState(error) !== tooSlow) throw error;
      if (due.length > 1) {
        for (const timer of due) await this.fire(kind, [timer]);
      } else {
        if (!(error instanceof ConcurrencyConflict)) this.onError(kind, error);
        await postpone(this.db, due);
      }
    }
  }

  private async commit(kind: string, due: readonly Claimed[]): Promise<void> {
    const work = this.store.work();
    for (const timer of due) this.stagedIn(work).fired.set(nameOf(timer), timer);
    await this.handlers.get(kind)?.(due, work);
    await work.commit();
  }

  private stagedIn(work: Work): Staged {
    const known = this.staged.get(work);
    if (known !== undefined) return known;
    const staged: Staged = { changes: new Map(), fired: new Map() };
    this.staged.set(work, staged);
    work.finishWith(this, () => stageTimers(work, staged));
    work.onCommitted(() => {
      for (const { dueAt } of staged.changes.values()) {
        if (dueAt !== null && (this.sleepsUntil === null || Date.parse(dueAt) < this.sleepsUntil)) {
          this.db.notifier.notify(this.channel);
          return;
        }
      }
    });
    return staged;
  }

  private async waitUntilDue(): Promise<void> {
    this.sleepsUntil = null;
    const now = this.clock.now();
    const waitMs = await untilNextDueMs(this.db, [...this.handlers.keys()], now);
    if (waitMs !== null) this.sleepsUntil = Date.parse(now) + waitMs;
    await this.pauses.waitUnlessWoken(Math.min(Math.max(waitMs ?? maxWaitMs, 1), maxWaitMs));
  }
}

const nameOf = ({ kind, key }: { kind: string; key: string }): string => `${kind} ${key}`;
