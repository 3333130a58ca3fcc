import { setTimeout as delay } from 'node:timers/promises';
import { ConcurrencyConflict, isOutage, sqlState, tooSlow } from '#libs/event-store/conflict.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { Work } from '#libs/event-store/work.js';
import type { ConsumerState } from './consumer-state.js';
import type { Subscription } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';
import { asForeign } from '../trust.js';
import { markPoison, lineOf, triage, unusable } from './triage.js';

/** The transport's functions for the current page. */
export interface Page {
  /** Stages the move of the reader's position past this page, for transports that store it in the database. */
  move(work: Work): void;
  /** Does the page still belong to this reader? Checked before each repetition. */
  ours(): Promise<boolean>;
  /** Reports to the transport that the reader still works. Rejects if the transport takes the page back. */
  beat(): Promise<void>;
}

export interface ConsumerOptions {
  readonly state: ConsumerState;
  readonly work: () => Work;
  readonly signal: AbortSignal;
  readonly onError: (what: string, error: unknown) => void;
}

/** Failures of a single message before it is parked. */
const ownFailures = 5;
/** Why a step failed. `own` is a failure of the message; all other failures pass by themselves. */
type FailureKind = 'outage' | 'slow' | 'serialisation' | 'conflict' | 'own';
/** How often a step is repeated after each kind of failure before it counts as a failure. */
type Repeats = Readonly<Record<FailureKind, number>>;
/**
 * The policy for failures. A page that is too large for the server is handled message by message. One message that lost
 * twelve conflicts has failed, but slowness may be the server's.
 */
const repeats = {
  together: { outage: Infinity, slow: 1, serialisation: Infinity, conflict: 3, own: 0 },
  alone: { outage: Infinity, slow: Infinity, serialisation: Infinity, conflict: 12, own: 0 },
  always: { outage: Infinity, slow: Infinity, serialisation: Infinity, conflict: Infinity, own: 0 },
} as const satisfies Record<string, Repeats>;
const ownBackoffMs = [5, 20, 80, 250] as const;
const shortestBackoffMs = 1;
const longestBackoffMs: Repeats = { outage: 2_000, slow: 2_000, serialisation: 100, conflict: 100, own: 0 };

type Handle = Subscription['handle'];

type Outcome = { readonly is: 'done' | 'gone' } | { readonly is: 'failed'; readonly error: unknown };

/** The message cannot be read, or its type is unknown; it is not handled. */
class Unusable extends Error {}

/**
 * Handles pages of the messages of one group, for every transport: inbox, effects and position are committed by one
 * statement, steps are repeated after outages and conflicts, and a message that fails again and again is parked.
 */
export class Consumer {
  private readonly inbox: 'sequence' | 'none';

  private readonly handle: Handle = async (fresh, work) => {
    for (const message of fresh) {
      const reason = unusable(message, this.subscription);
      if (reason !== null) throw new Unusable(reason);
    }
    await this.subscription.handle(fresh, work);
  };

  constructor(
    readonly subscription: Subscription,
    private readonly options: ConsumerOptions,
  ) {
    this.inbox = subscription.inbox ?? 'sequence';
  }

  /**
   * True if the page is finished; false if it belongs to another reader or the bus stops: nothing is lost. Rejects if
   * it can neither be handled nor parked: the reader reports it and tries again.
   */
  async take(brought: readonly PublicMessage[], transport: Page): Promise<boolean> {
    const { trusts } = this.subscription;
    const page = trusts === undefined ? brought : brought.map((one) => (trusts(one) ? one : asForeign(one)));
    const all = await this.persist(
      () => this.commit(page, transport),
      transport,
      page.length > 1 ? repeats.together : repeats.alone,
    );
    if (all.is !== 'failed') return all.is === 'done';
    if (page.length > 1)
      this.options.onError(
        `${this.subscription.group}: a batch failed; its messages are handled one by one`,
        all.error,
      );
    const still: Page = {
      ...transport,
      move: () => undefined,
      ours: () => transport.ours(),
      beat: () => transport.beat(),
    };
    for (const message of page) {
      if (!(await this.takeAlone(message, still))) return false;
    }
    return isDone(await this.persist(() => this.commit([], transport), transport, repeats.always));
  }

  private async takeAlone(message: PublicMessage, transport: Page): Promise<boolean> {
    for (let failures = 1; ; failures += 1) {
      const tried = await this.persist(() => this.commit([message], transport), transport, repeats.alone);
      if (tried.is !== 'failed') return tried.is === 'done';
      if (failures < ownFailures && !(tried.error instanceof Unusable)) {
        await this.pause(ownBackoffMs[failures - 1] ?? 0);
        continue;
      }
      const reason = tried.error instanceof Error ? tried.error.message : String(tried.error);
      const replaced = await this.replace(message, reason, transport);
      const parked = replaced === null || replaced.is === 'failed';
      const what = `${parked ? 'parked' : 'substituted'} ${message.type} ${message.id}`;
      this.options.onError(`${this.subscription.group}: ${what}`, tried.error);
      if (!parked) return replaced.is === 'done';
      return isDone(await this.persist(() => this.park(message, reason, failures), transport, repeats.always));
    }
  }

  /** Handles the substitute of a message; null for a consumer without substitutes. */
  private async replace(message: PublicMessage, reason: string, transport: Page): Promise<Outcome | null> {
    const { subscription } = this;
    if (subscription.substitute === undefined) return null;
    const substitute: Handle = async (_, work) => await subscription.substitute?.(message, reason, work);
    return await this.persist(() => this.commit([message], transport, substitute), transport, repeats.alone);
  }

  /** Everything a page does, as one statement. */
  private async commit(page: readonly PublicMessage[], transport: Page, handle = this.handle): Promise<void> {
    const { state, work: newWork } = this.options;
    const { group } = this.subscription;
    const work = newWork();
    if (page.length > 0) {
      const { fresh, moves, lines } = await this.sort(page);
      if (fresh.length > 0) await handle(fresh, work);
      state.advance(work, group, moves);
      state.park(work, group, lines);
    }
    transport.move(work);
    crashPoint('bus.before-commit');
    await work.commit();
    crashPoint('bus.after-commit');
  }

  private async park(message: PublicMessage, reason: string, failures: number): Promise<void> {
    const { state, work: newWork } = this.options;
    const { group } = this.subscription;
    const work = newWork();
    const sorted = await this.sort([message]);
    if (sorted.fresh.length === 0 && sorted.lines.length === 0) return;
    const { moves, lines } = sorted.fresh.length === 0 ? sorted : markPoison(sorted, message, reason, failures);
    state.advance(work, group, moves);
    state.park(work, group, lines);
    await work.commit();
  }

  private async sort(page: readonly PublicMessage[]): Promise<ReturnType<typeof triage>> {
    const lines = page.map((message) => ({ topic: message.topic, line: lineOf(message) }));
    const glance = await this.options.state.look(this.subscription.group, page, lines, this.inbox);
    return triage(page, glance, this.inbox);
  }

  /** Repeats a step after outages and conflicts until it is done, belongs to another reader, or fails for another reason. */
  private async persist(step: () => Promise<void>, transport: Page, most: Repeats): Promise<Outcome> {
    const seen = { outage: 0, slow: 0, serialisation: 0, conflict: 0, own: 0 };
    for (let attempt = 0; ; attempt += 1) {
      if (this.options.signal.aborted || (attempt > 0 && !(await this.stillOurs(transport)))) return { is: 'gone' };
      try {
        await step();
        return { is: 'done' };
      } catch (error) {
        const kind = kindOf(error);
        seen[kind] += 1;
        if (seen[kind] > most[kind]) return { is: 'failed', error };
        if (isOutage(error) && seen.outage + seen.slow === 1)
          this.options.onError(`${this.subscription.group}: waits for the database`, error);
        await this.pause(Math.min(longestBackoffMs[kind], shortestBackoffMs * 2 ** Math.min(seen[kind], 10)));
      }
    }
  }

  /** Unknown while the database cannot be reached: the page is kept. */
  private async stillOurs(transport: Page): Promise<boolean> {
    await transport.beat();
    try {
      return await transport.ours();
    } catch (error) {
      if (kindOf(error) === 'own') throw error;
      return true;
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.options.signal }).catch(() => undefined);
  }
}

function isDone(outcome: Outcome): boolean {
  if (outcome.is === 'failed') throw outcome.error;
  return outcome.is === 'done';
}

/** Serialisation failures come from the database, however often; other conflicts finally count as failures. */
function kindOf(error: unknown): FailureKind {
  if (isOutage(error)) return sqlState(error) === tooSlow ? 'slow' : 'outage';
  const state = sqlState(error) ?? (error instanceof ConcurrencyConflict ? sqlState(error.cause) : null);
  if (state === '40001' || state === '40P01') return 'serialisation';
  return error instanceof ConcurrencyConflict ? 'conflict' : 'own';
}
