import type { AddressGuard } from './address-guard.js';
import { failureOf } from './classify.js';
import { CallFailure } from './failure.js';
import { HttpExchange } from './http-exchange.js';

/** Plain secrets, in memory only for as long as a client lives. */
export type ApplicationAuth =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'api-key'; readonly header: string; readonly key: string }
  | {
      readonly type: 'oauth2-client-credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
    };

/** What proves to the application who calls. */
export interface Credentials {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The application answered 401 to `headers`: true if new ones are available and the call should be repeated once. */
  renew(headers: Readonly<Record<string, string>>): boolean;
  /** Secrets that were sent recently and must not appear in stored answers. */
  secrets(): readonly string[];
  destroy(): Promise<void>;
}

export function credentialsFor(auth: ApplicationAuth, guard: AddressGuard, nowMs: () => number): Credentials {
  switch (auth.type) {
    case 'bearer':
      return fixed(bearer(auth.token), [auth.token]);
    case 'basic':
      return basic(auth.username, auth.password);
    case 'api-key':
      return fixed({ [auth.header.toLowerCase()]: auth.key }, [auth.key]);
    case 'oauth2-client-credentials':
      return new ClientCredentials(auth, guard, nowMs);
  }
}

function basic(username: string, password: string): Credentials {
  const proof = Buffer.from(`${username}:${password}`).toString('base64');
  return fixed({ authorization: `Basic ${proof}` }, [password, proof]);
}

function fixed(headers: Readonly<Record<string, string>>, secrets: readonly string[]): Credentials {
  const ready = Promise.resolve(headers);
  return { headers: () => ready, renew: () => false, secrets: () => secrets, destroy: () => Promise.resolve() };
}

/** Renewed this long before the token expires, so that none expires on its way. */
const skewMs = 60_000;
const defaultLifeMs = 300_000;

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` }) as const;

/** OAuth 2.0 client credentials (RFC 6749 §4.4); one request for a token at a time, shared by all callers. */
class ClientCredentials implements Credentials {
  private readonly exchange: HttpExchange;
  private readonly path: string;
  private held: Token | null = null;
  private awaited: Promise<Token> | null = null;
  /** The newest tokens: an answer to a call with the one before may still be on its way. */
  private sent: readonly string[] = [];

  constructor(
    private readonly auth: Extract<ApplicationAuth, { type: 'oauth2-client-credentials' }>,
    guard: AddressGuard,
    private readonly nowMs: () => number,
  ) {
    const url = new URL(auth.tokenUrl);
    this.exchange = new HttpExchange(url, guard, 1);
    this.path = `${url.pathname}${url.search}`;
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    const { held } = this;
    const good = held !== null && held.untilMs > this.nowMs();
    return bearer((good ? held : await (this.awaited ??= this.fetch())).text);
  }

  /** A late refusal of the former token is no reason to fetch another one. */
  renew({ authorization }: Readonly<Record<string, string>>): boolean {
    if (this.held !== null && authorization === bearer(this.held.text).authorization) this.held = null;
    return true;
  }

  secrets(): readonly string[] {
    return [this.auth.clientSecret, ...this.sent];
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

  private async request(): Promise<Token> {
    const { clientId, clientSecret, scope } = this.auth;
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
    const { access_token: token, expires_in: life } = JSON.parse(text) as {
      access_token?: unknown;
      expires_in?: unknown;
    };
    // What a header can hold (RFC 6750 §2.1), or no call could ever be made with it.
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

function fail(error: Error): never {
  throw error;
}
