import { uuidv7 } from '#libs/event-store/ids.js';
import { ScimFailure, type FailureTerms } from '#libs/scim/client/failure.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';

/** An answer is as good as a question of one's own for so long. */
const freshMs = 1_000;

/** Asks for an account that nobody has: may the hub read at all? Whoever wants to know at the same time gets the same answer. */
export class Probe {
  private answer: Promise<FailureTerms | null> | null = null;
  private askedAtMs = 0;

  constructor(private readonly client: Pick<ScimClient, 'findUsers'>) {}

  /** Null when it may; else why not. */
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
      await this.client.findUsers('userName', uuidv7());
      return null;
    } catch (error) {
      if (error instanceof ScimFailure) return error.terms;
      throw error;
    }
  }
}
