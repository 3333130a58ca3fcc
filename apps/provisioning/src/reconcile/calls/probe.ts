import { uuidv7 } from '#libs/event-store/ids.js';
import { CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import { reading, type Target } from '../../targets/targets.exports.js';

/** How long an answer is reused, in milliseconds. */
const freshMs = 1_000;

/** Searches an account that nobody has, to see whether the hub may read. Callers at the same time share one answer. */
export class Probe {
  private answer: Promise<FailureTerms | null> | null = null;
  private askedAtMs = 0;

  constructor(private readonly accounts: Pick<Target['accounts'], 'find'>) {}

  /** Null if it may; otherwise the failure. */
  async ask(): Promise<FailureTerms | null> {
    const nowMs = performance.now();
    if (this.answer === null || nowMs - this.askedAtMs > freshMs) {
      this.askedAtMs = nowMs;
      this.answer = this.read();
    }
    return await this.answer;
  }

  private async read(): Promise<FailureTerms | null> {
    try {
      await this.accounts.find({ identityId: null, userName: uuidv7() }, reading);
      return null;
    } catch (error) {
      if (error instanceof CallFailure) return error.terms;
      throw error;
    }
  }
}
