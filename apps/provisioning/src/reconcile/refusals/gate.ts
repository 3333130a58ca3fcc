import type { FailureTerms } from '#libs/outgoing/failure.js';
import { type BackoffLimits, backoffMs } from './backoff.js';

/** Why no calls are made for now. */
export type Hold = 'throttled' | 'auth-failed' | 'unreachable';

/** Number of accounts that must fail without a success between them before the application counts as down. */
const outageAccounts = 5;
const authRetryMs = 60_000;
const throttledMs = 5_000;
/** No server answers, or another server than this application. */
const aboutNoAccount = new Set(['unreachable', 'address-refused', 'redirected', 'wrong-address', 'not-a-list']);
const outages = new Set(['timeout', 'reset', 'unavailable', 'unreadable-answer']);

/**
 * Decides whether the application may be called. The gate is closed as long as the application asks, while it refuses
 * the credentials, and for growing times while it does not answer. Then a single account tries it, so that an outage
 * costs no call and no record for each waiting account.
 */
export class Gate {
  private untilMs = 0;
  private why: Hold | null = null;
  /** How often it was closed since the last success. */
  private shut = 0;
  private readonly failing = new Set<string>();
  /** The accounts that have tried it since the last success. */
  private readonly tried = new Set<string>();

  constructor(
    private readonly nowMs: () => number,
    private readonly chance: () => number,
    private readonly limits?: BackoffLimits,
  ) {}

  /** `one`: it was closed, and there was no success since. */
  get room(): 'none' | 'one' | 'all' {
    if (this.held) return 'none';
    return this.shut > 0 ? 'one' : 'all';
  }

  /**
   * The accounts that already tried while the gate was closed: another one tries next, so that the fault of one account
   * does not keep it closed.
   */
  get triedBy(): readonly string[] {
    return [...this.tried];
  }

  tries(identityId: string): void {
    if (this.shut > 0) this.tried.add(identityId);
  }

  /** All accounts have tried: start again with the first. */
  triedByAll(): void {
    this.tried.clear();
  }

  get held(): boolean {
    return this.nowMs() < this.untilMs;
  }

  get leftMs(): number {
    return this.untilMs - this.nowMs();
  }

  /**
   * Records the outcome of calls for one account; null for success.
   * @returns why the gate is closed now, or null if it is open
   */
  record(identityId: string, failure: FailureTerms | null): Hold | null {
    const why = failure === null ? null : this.reasonOf(identityId, failure);
    if (why !== null) this.close(why, failure?.retryAfterMs ?? null);
    // A refusal is an answer, too. An answer to an earlier call does not open the gate.
    else if (!this.held && (failure === null || answered(failure))) this.open();
    return this.why;
  }

  private open(): void {
    this.shut = 0;
    this.failing.clear();
    this.tried.clear();
    this.why = null;
  }

  private close(why: Hold, retryAfterMs: number | null): void {
    // Calls from before the closing say nothing new, except how long to wait.
    if (!this.held) {
      this.shut += 1;
      this.why = why;
    }
    const minMs = why === 'auth-failed' ? authRetryMs : why === 'throttled' ? (retryAfterMs ?? throttledMs) : 0;
    const waitMs = Math.max(minMs, backoffMs(this.shut, this.chance(), this.limits));
    this.untilMs = Math.max(this.untilMs, this.nowMs() + waitMs);
  }

  private reasonOf(identityId: string, { class: kind, code, retryAfterMs }: FailureTerms): Hold | null {
    if (kind === 'auth') return 'auth-failed';
    if (kind === 'throttled' || retryAfterMs !== null) return 'throttled';
    if (aboutNoAccount.has(code)) return 'unreachable';
    if (!outages.has(code)) return null;
    this.failing.add(identityId);
    return this.shut > 0 || this.failing.size >= outageAccounts ? 'unreachable' : null;
  }
}

const answered = ({ status }: FailureTerms): boolean => status !== null && status < 500;
