import { setTimeout as delay } from 'node:timers/promises';
import { ConcurrencyConflict, isOutage, sqlState, tooSlow } from '#libs/event-store/conflict.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { Work } from '#libs/event-store/work.js';
import type { ConsumerState } from './consumer-state.js';
import type { Subscription } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';
import { asForeign } from '../trust.js';
import { markPoison, lineOf, triage, unusable } from './triage.js';

/** What the transport says about the page in hand. */
export interface Page {
  /** Stages the move of the reader's place past this page, for transports that keep it in the database. */
  move(work: Work): void;
  /** Is the page still this reader's to handle? Asked before each repetition. */
  ours(): Promise<boolean>;
  /** Tells the transport that the reader lives. Rejects when the transport wants the page back. */
  beat(): Promise<void>;
}

export interface ConsumerOptions {
  readonly state: ConsumerState;
  readonly work: () => Work;
  readonly signal: AbortSignal;
  readonly onError: (what: string, error: unknown) => void;
}

/** A message is parked after so many failures of its own. */
const ownFailures = 5;
/** How often a step may meet a conflict, and take the server too long, before that counts as a failure of its own. */
interface RetryLimits {
  readonly conflicts: number;
  readonly tooSlow: number;
}
/** A page that is too much for the server is less message by message. */
const together: RetryLimits = { conflicts: 3, tooSlow: 1 };
/** No race is lost that often; but nobody can tell a message that is slow from a server that is. */
const alone: RetryLimits = { conflicts: 12, tooSlow: Infinity };
const always: RetryLimits = { conflicts: Infinity, tooSlow: Infinity };
const ownBackoffMs = [5, 20, 80, 250] as const;
const shortestBackoffMs = 1;
const longestBackoffMs = { outage: 2_000, serialisation: 100, conflict: 100 } as const;

type Handle = Subscription['handle'];

type Outcome = { readonly is: 'done' | 'gone' } | { readonly is: 'failed'; readonly error: unknown };

/** The message cannot be read, or is of a type nobody here knows; nobody is asked to handle it. */
class Unusable extends Error {}

/**
 * Handles pages of one group's messages, whatever transport brought them: inbox, effects and place are committed as one
 * statement, outages and conflicts are repeated, and a message that keeps failing on its own is parked.
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
   * True when the page is dealt with for good; false when it is no longer ours or the bus stops: nothing of it is lost.
   * Rejects when it can neither be handled nor parked: the reader says so and comes back.
   */
  async take(brought: readonly PublicMessage[], transport: Page): Promise<boolean> {
    const { trusts } = this.subscription;
    const page = trusts === undefined ? brought : brought.map((one) => (trusts(one) ? one : asForeign(one)));
    const all = await this.persist(() => this.commit(page, transport), transport, page.length > 1 ? together : alone);
    if (all.is !== 'failed') return all.is === 'done';
    if (page.length > 1)
      this.options.onError(`${this.subscription.group}: a batch failed, its messages go one by one`, all.error);
    const still: Page = {
      ...transport,
      move: () => undefined,
      ours: () => transport.ours(),
      beat: () => transport.beat(),
    };
    for (const message of page) {
      if (!(await this.takeAlone(message, still))) return false;
    }
    return isDone(await this.persist(() => this.commit([], transport), transport, always));
  }

  private async takeAlone(message: PublicMessage, transport: Page): Promise<boolean> {
    for (let failures = 1; ; failures += 1) {
      const tried = await this.persist(() => this.commit([message], transport), transport, alone);
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
      return isDone(await this.persist(() => this.park(message, reason, failures), transport, always));
    }
  }

  /** Handles what stands in for a message; null for a consumer that has no substitutes. */
  private async replace(message: PublicMessage, reason: string, transport: Page): Promise<Outcome | null> {
    const { subscription } = this;
    if (subscription.substitute === undefined) return null;
    const substitute: Handle = async (_, work) => await subscription.substitute?.(message, reason, work);
    return await this.persist(() => this.commit([message], transport, substitute), transport, alone);
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
    return triage(page, await this.options.state.look(this.subscription.group, page, lines), this.inbox);
  }

  /** Repeats a step through outages and conflicts until it is done, no longer ours, or fails on its own account. */
  private async persist(step: () => Promise<void>, transport: Page, limits: RetryLimits): Promise<Outcome> {
    const seen = { outage: 0, serialisation: 0, conflict: 0 };
    let slow = 0;
    for (let attempt = 0; ; attempt += 1) {
      if (this.options.signal.aborted || (attempt > 0 && !(await this.stillOurs(transport)))) return { is: 'gone' };
      try {
        await step();
        return { is: 'done' };
      } catch (error) {
        const kind = kindOf(error);
        if (kind === 'own') return { is: 'failed', error };
        seen[kind] += 1;
        if (sqlState(error) === tooSlow) slow += 1;
        if (seen.conflict > limits.conflicts || slow > limits.tooSlow) return { is: 'failed', error };
        if (kind === 'outage' && seen.outage === 1)
          this.options.onError(`${this.subscription.group}: waits for the database`, error);
        await this.pause(Math.min(longestBackoffMs[kind], shortestBackoffMs * 2 ** Math.min(seen[kind], 10)));
      }
    }
  }

  /** While the database is away nobody can say; the page is kept until somebody can. */
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

/** Serialisation failures are the database's doing, however often; other conflicts are someone's doing in the end. */
function kindOf(error: unknown): 'outage' | 'serialisation' | 'conflict' | 'own' {
  if (isOutage(error)) return 'outage';
  const state = sqlState(error) ?? (error instanceof ConcurrencyConflict ? sqlState(error.cause) : null);
  if (state === '40001' || state === '40P01') return 'serialisation';
  return error instanceof ConcurrencyConflict ? 'conflict' : 'own';
}
