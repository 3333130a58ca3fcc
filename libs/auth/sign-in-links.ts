import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#libs/system/clock.js';

/** How long a link can be used, in milliseconds. */
const usableMs = 15 * 60_000;

/** Links that sign in once. Nothing of them is stored: a restart makes them void. */
export class SignInLinks {
  /** Digest of each unused code to the instant after which it is void, in milliseconds. */
  private readonly unused = new Map<string, number>();

  /** @param issue makes the token of the person who uses a link */
  constructor(
    private readonly issue: () => Promise<string>,
    private readonly clock: Clock,
  ) {}

  /** The code of a new link. */
  make(): string {
    const code = randomBytes(32).toString('base64url');
    this.unused.set(digestOf(code), this.now() + usableMs);
    return code;
  }

  /** The token for a code; null for one that was used, is too old, or was never made. */
  async use(code: string): Promise<string | null> {
    const digest = digestOf(code);
    const until = this.unused.get(digest);
    this.unused.delete(digest);
    return until === undefined || until < this.now() ? null : await this.issue();
  }

  private now(): number {
    return Date.parse(this.clock.now());
  }
}

const digestOf = (code: string): string => createHash('sha256').update(code).digest('base64url');
