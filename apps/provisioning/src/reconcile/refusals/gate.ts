import type { FailureTerms } from '#libs/scim/client/failure.js';
import { backoffMs } from './backoff.js';

/** Why nobody calls for now. */
export type Hold = 'throttled' | 'auth-failed' | 'unreachable';

/** So many accounts failing with no good answer between them tell of the application; fewer, of these accounts. */
const outageAccounts = 5;
const authRetryMs = 60_000;
const throttledMs = 5_000;
/** Nobody listens there, or something that is not this application. */
const aboutNoAccount = new Set(['unreachable', 'address-refused', 'redirected', 'wrong-address', 'not-a-list']);
const outages = new Set(['timeout', 'reset', 'unavailable', 'unreadable-answer']);

/**
 * Whether the application may be called. Shut for as long as it asks, while it refuses the credentials, and for longer and
 * longer while it does not answer; then a single account tries it, so that an outage costs no call and no record for each
 * account that waits.
 */
export class Gate {
  private untilMs = 0;
  private why: Hold | null = null;
  /** Times it was shut since the last good answer. */
  private shut = 0;
  private readonly failing = new Set<string>();
  /** Who has tried it since the last good answer. */
  private readonly tried = new Set<string>();

  constructor(
    private readonly nowMs: () => number,
    private readonly chance: () => number,
  ) {}

  /** `one`: it was shut, and nobody has had a good answer since. */
  get room(): 'none' | 'one' | 'all' {
    if (this.held) return 'none';
    return this.shut > 0 ? 'one' : 'all';
  }

  /** Whom to try next with the gate shut: somebody else than before, so that one account's own trouble does not keep it shut. */
  get triedBy(): readonly string[] {
    return [...this.tried];
  }

  tries(identityId: string): void {
    if (this.shut > 0) this.tried.add(identityId);
  }

  /** Everybody has tried: from the first one again. */
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
   * What came of calls for one account; null when all was well.
   * @returns why it is shut now, or null when it is not
   */
  record(identityId: string, failure: FailureTerms | null): Hold | null {
    const why = failure === null ? null : this.reasonOf(identityId, failure);
    if (why !== null) this.close(why, failure?.retryAfterMs ?? null);
    // A refusal is an answer too. One that was on its way while the gate was shut does not open it.
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
    // Calls that were under way when it was shut tell nothing new, but for how long to wait.
    if (!this.held) {
      this.shut += 1;
      this.why = why;
    }
    const minMs = why === 'auth-failed' ? authRetryMs : why === 'throttled' ? (retryAfterMs ?? throttledMs) : 0;
    const waitMs = Math.max(minMs, backoffMs(this.shut, this.chance()));
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
