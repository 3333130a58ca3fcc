import { objectIn } from '#libs/event-store/core.js';
import type { AddressGuard } from './address-guard.js';
import { failureOf } from './classify.js';
import { CallFailure } from './failure.js';
import type { Egress } from './egress.js';
import { HttpExchange } from './http-exchange.js';

/** A plain secret as it is now: its file may have been changed since it was read. @throws Error where there is none */
export type Secret = () => string;

/** Secrets are in memory only for as long as a client lives. `former` is the secret before this one: while one is exchanged, either may count. */
export type ApplicationAuth =
  | { readonly type: 'bearer'; readonly token: Secret; readonly former?: Secret }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret; readonly former?: Secret }
  | { readonly type: 'api-key'; readonly header: string; readonly key: Secret; readonly former?: Secret }
  | { readonly type: 'mtls'; readonly cert: Secret; readonly key: Secret }
  /** No header proves who calls: each body is signed, or nobody is called. */
  | { readonly type: 'none' }
  | {
      readonly type: 'oauth2-client-credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: Secret;
      readonly scope?: string;
      readonly former?: Secret;
    };

/** Which secret a call was made with: the one that is stated now, or the one before. */
export type SecretUsed = 'current' | 'former';

/** What proves to the application who calls. */
export interface Credentials {
  /** Of the headers that are given now. */
  readonly uses: SecretUsed;
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The application answered 401 to `headers`: true if new ones are available and the call should be repeated once. */
  renew(headers: Readonly<Record<string, string>>): boolean;
  /** Secrets that were sent recently and must not appear in stored answers. */
  secrets(): readonly string[];
  destroy(): Promise<void>;
}

/** What credentials are made with. */
interface Means {
  readonly guard: AddressGuard;
  readonly nowMs: () => number;
  readonly egress?: Egress;
}

/** @throws Error where a secret is missing */
export function credentialsFor(auth: ApplicationAuth, means: Means): Credentials {
  switch (auth.type) {
    case 'bearer':
      return headerCredentials(auth.token, auth.former, (token) => proofBy(bearer(token), token));
    case 'basic':
      return headerCredentials(auth.password, auth.former, (password) => basic(auth.username, password));
    case 'api-key':
      return headerCredentials(auth.key, auth.former, (key) => proofBy({ [auth.header.toLowerCase()]: key }, key));
    // The connection itself proves who calls, or each body does.
    case 'mtls':
    case 'none':
      return new HeaderCredentials([() => proofBy({})]);
    case 'oauth2-client-credentials':
      return new ClientCredentials(auth, means);
  }
}

function headerCredentials(now: Secret, former: Secret | undefined, proof: (secret: string) => Proof): Credentials {
  return new HeaderCredentials([now, ...(former === undefined ? [] : [former])].map((read) => () => proof(read())));
}

/** The same headers with each call, and the secrets in them. */
interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const proofBy = (headers: Proof['headers'], ...secrets: string[]): Proof => ({ headers, secrets });

function basic(username: string, password: string): Proof {
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  return proofBy({ authorization: `Basic ${encoded}` }, password, encoded);
}

/**
 * A secret that is used until the application refuses it. Then each is read again, the newest first: a file that holds a new
 * one may be written before the application takes it, and the application may take the former one a while longer.
 */
class HeaderCredentials implements Credentials {
  uses: SecretUsed;
  private used: Proof;
  private before: readonly string[] = [];

  /** @param reads the secret that is stated now, then the one before */
  constructor(private readonly reads: readonly (() => Proof)[]) {
    const { proof, at } = firstOf(reads);
    this.used = proof;
    this.uses = usedAt(at);
  }

  headers(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve(this.used.headers);
  }

  renew(refused: Readonly<Record<string, string>>): boolean {
    if (isSame(refused, this.used.headers)) this.useAnother();
    return !isSame(refused, this.used.headers);
  }

  secrets(): readonly string[] {
    return [...this.used.secrets, ...this.before];
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }

  private useAnother(): void {
    for (const [at, read] of this.reads.entries()) {
      const now = proofOrNull(read);
      // It is missing now: the one that was refused stays until there is another.
      if (now === null || isSame(now.headers, this.used.headers)) continue;
      this.before = this.used.secrets;
      this.used = now;
      this.uses = usedAt(at);
      return;
    }
  }
}

const usedAt = (index: number): SecretUsed => (index === 0 ? 'current' : 'former');

/** The first that is there. @throws Error of the first where none is */
function firstOf(reads: readonly (() => Proof)[]): { readonly proof: Proof; readonly at: number } {
  for (const [at, read] of reads.entries()) {
    const proof = proofOrNull(read);
    if (proof !== null) return { proof, at };
  }
  const [first] = reads;
  return { proof: first === undefined ? proofBy({}) : first(), at: 0 };
}

function proofOrNull(read: () => Proof): Proof | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** `refused` may hold other headers of the call, too. */
const isSame = (refused: Proof['headers'], own: Proof['headers']): boolean =>
  Object.entries(own).every(([name, value]) => refused[name] === value);

/** A token is renewed this long before it expires, so that none expires during a call. */
const skewMs = 60_000;
const defaultLifeMs = 300_000;

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` }) as const;

/** OAuth 2.0 client credentials (RFC 6749 §4.4); one request for a token at a time, shared by all callers. */
class ClientCredentials implements Credentials {
  uses: SecretUsed = 'current';
  private readonly nowMs: () => number;
  private readonly exchange: HttpExchange;
  private readonly path: string;
  private held: Token | null = null;
  private awaited: Promise<Token> | null = null;
  /** The newest tokens: an answer to a call with the one before may still be on its way. */
  private sent: readonly string[] = [];
  /** The newest first. */
  private clientSecrets: readonly string[] = [];

  constructor(
    private readonly auth: Extract<ApplicationAuth, { type: 'oauth2-client-credentials' }>,
    { guard, nowMs, egress = {} }: Means,
  ) {
    const url = new URL(auth.tokenUrl);
    this.nowMs = nowMs;
    this.exchange = new HttpExchange(url, guard, 1, egress);
    this.path = `${url.pathname}${url.search}`;
    this.readSecret();
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    const { held } = this;
    const good = held !== null && held.untilMs > this.nowMs();
    return bearer((good ? held : await (this.awaited ??= this.fetch())).text);
  }

  /** A late refusal of the former token does not fetch another one. */
  renew({ authorization }: Readonly<Record<string, string>>): boolean {
    if (this.held !== null && authorization === bearer(this.held.text).authorization) this.held = null;
    return true;
  }

  secrets(): readonly string[] {
    return [...this.clientSecrets, ...this.sent];
  }

  destroy(): Promise<void> {
    return this.exchange.destroy();
  }

  private async fetch(): Promise<Token> {
    try {
      this.held = await this.request();
      this.sent = [this.held.text, ...this.sent].slice(0, 2);
      return this.held;
    } finally {
      this.awaited = null;
    }
  }

  /** The newest one; the one before while it is missing. */
  private readSecret(): string {
    try {
      const now = this.auth.clientSecret();
      this.clientSecrets = [...new Set([now, ...this.clientSecrets])].slice(0, 2);
      return now;
    } catch (error) {
      return this.clientSecrets[0] ?? fail(error);
    }
  }

  /** With the newest secret; with the former one where that is refused. */
  private async request(): Promise<Token> {
    const now = this.readSecret();
    try {
      const token = await this.requestWith(now);
      this.uses = 'current';
      return token;
    } catch (error) {
      const former = this.formerSecret();
      if (!(error instanceof CallFailure) || error.terms.class !== 'auth' || former === null || former === now)
        throw error;
      const token = await this.requestWith(former);
      this.uses = 'former';
      return token;
    }
  }

  private formerSecret(): string | null {
    try {
      const former = this.auth.former?.() ?? null;
      if (former !== null) this.clientSecrets = [...new Set([...this.clientSecrets, former])].slice(0, 3);
      return former;
    } catch {
      return null;
    }
  }

  private async requestWith(clientSecret: string): Promise<Token> {
    const { clientId, scope } = this.auth;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === undefined ? {} : { scope }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const answer = await this.exchange.send({ method: 'POST', path: this.path, headers, body: form.toString() });
    const failure = failureOf(answer, false, this.nowMs(), () => '');
    // A token endpoint answers 400 invalid_client or 401 to credentials it does not know (RFC 6749 §5.2).
    if (failure !== null && (failure.class === 'validation' || failure.class === 'auth')) throw refused(answer.status);
    if (failure !== null) throw new CallFailure(failure);
    return tokenIn(answer.text, this.nowMs()) ?? fail(refused(answer.status));
  }
}

function tokenIn(text: string, nowMs: number): Token | null {
  try {
    const { access_token: token, expires_in: life } = objectIn('the answer', text);
    // Only what a header can hold (RFC 6750 §2.1): no call could be made with another token.
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return null;
    const lifeMs = Number.isFinite(Number(life ?? NaN)) ? Number(life) * 1000 : defaultLifeMs;
    return { text: token, untilMs: nowMs + Math.max(lifeMs - skewMs, lifeMs / 2) };
  } catch {
    return null;
  }
}

function refused(status: number): CallFailure {
  return new CallFailure({
    class: 'auth',
    code: 'auth',
    status,
    effectUnknown: false,
    retryAfterMs: null,
    detail: 'the token endpoint returned no token',
  });
}

function fail(error: unknown): never {
  throw error;
}
