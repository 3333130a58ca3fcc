import { hasShape } from '#libs/event-store/core.js';
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '#libs/system/errno.js';
import type { NameSpace } from './name-spaces.js';

/** A token of the local issuer, without the token. */
export interface IssuedToken {
  /** The token's `jti`. */
  readonly id: string;
  readonly subject: string;
  readonly nameSpace: NameSpace;
  readonly roles: readonly string[];
  /** Instants. */
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

type Line = Omit<IssuedToken, 'revokedAt'> | { readonly revoked: string; readonly at: string };

/**
 * The list of issued tokens: `tokens.jsonl` in the data directory (0600), one line for each token issued and each one
 * revoked, shared by the processes of one machine. Lines are only added; a reader reads what was added since it last looked.
 */
export class IssuedTokens {
  private readonly path: string;
  private readonly tokens = new Map<string, IssuedToken>();
  private readBytes = 0;
  private onNews: (token: IssuedToken) => void = () => undefined;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'tokens.jsonl');
  }

  /** Calls `tell` for each token that is issued or revoked later, when the list is read next. */
  follow(tell: (token: IssuedToken) => void): void {
    this.refresh();
    this.onNews = tell;
  }

  add(token: Omit<IssuedToken, 'revokedAt'>): void {
    this.write(token);
  }

  /** Revokes the tokens that have not expired. @returns how many */
  revoke(isMeant: (token: IssuedToken) => boolean, now: string): number {
    const meant = this.standing(now).filter(isMeant);
    for (const { id } of meant) this.write({ revoked: id, at: now });
    return meant.length;
  }

  /** Tokens that are neither expired nor revoked, oldest first. */
  standing(now: string): IssuedToken[] {
    this.refresh();
    return [...this.tokens.values()].filter(({ expiresAt, revokedAt }) => revokedAt === null && expiresAt > now);
  }

  /** The token with this id; undefined when it was not issued here. */
  find(id: string): IssuedToken | undefined {
    this.refresh();
    return this.tokens.get(id);
  }

  /** What was added since the last look. Costs one `fstat` when nothing was. */
  private refresh(): void {
    const file = this.opened();
    if (file === null) {
      this.forget();
      return;
    }
    try {
      const { size } = fstatSync(file);
      // A file that shrank is another one.
      if (size < this.readBytes) this.forget();
      if (size === this.readBytes) return;
      const added = Buffer.alloc(size - this.readBytes);
      const read = added.subarray(0, readSync(file, added, 0, added.length, this.readBytes));
      // A line that is being written has no end yet: it is read the next time.
      const whole = read.subarray(0, read.lastIndexOf('\n') + 1);
      this.readBytes += whole.length;
      for (const line of whole.toString('utf8').split('\n')) this.take(line);
    } finally {
      closeSync(file);
    }
  }

  private opened(): number | null {
    try {
      return openSync(this.path, 'r');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  private take(text: string): void {
    const line = lineIn(text);
    if (line === null) return;
    const token = 'revoked' in line ? this.revokedBy(line) : { ...line, revokedAt: null };
    if (token === undefined) return;
    this.tokens.set(token.id, token);
    this.onNews(token);
  }

  private revokedBy({ revoked, at }: { readonly revoked: string; readonly at: string }): IssuedToken | undefined {
    const token = this.tokens.get(revoked);
    return token === undefined || token.revokedAt !== null ? undefined : { ...token, revokedAt: at };
  }

  private forget(): void {
    this.tokens.clear();
    this.readBytes = 0;
  }

  private write(line: Line): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    appendFileSync(this.path, `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
  }
}

/** Null for a line that is incomplete, as a crash leaves it: its token is refused. */
function lineIn(text: string): Line | null {
  try {
    const line: unknown = JSON.parse(text);
    return isLine(line) ? line : null;
  } catch {
    return null;
  }
}

const isIssued = hasShape<Omit<IssuedToken, 'revokedAt'>>({
  id: 'text',
  subject: 'text',
  nameSpace: 'text',
  roles: 'list',
  issuedAt: 'text',
  expiresAt: 'text',
});
const isRevocation = hasShape<{ readonly revoked: string; readonly at: string }>({ revoked: 'text', at: 'text' });
const isLine = (value: unknown): value is Line => isIssued(value) || isRevocation(value);
