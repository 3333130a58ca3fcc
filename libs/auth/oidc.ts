import { hasShape, parsed } from '#libs/event-store/core.js';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '#libs/system/clock.js';
import { issuerAway, TokenVerifier } from './token-verifier.js';

const timeoutMs = 5_000;
/**
 * Ages of the issuer's keys, in milliseconds: after the first they are fetched in the background, after the second a
 * request waits for them. Signatures are cached for ten seconds, so that a removed key is accepted for less than a
 * minute. While the issuer cannot be reached its last keys are accepted for longer.
 */
const refreshMs = 20_000;
const waitMs = 45_000;
const issuerAwayMs = 600_000;
/** Minimum time between two fetches after a failure, or for a key that is not in the set. */
const pauseMs = 5_000;

/**
 * Tokens of an OpenID Connect issuer: its keys by discovery, fetched with the first token and again when they are old or
 * an unknown key turns up. Nothing is fetched at start, so the hub starts while the issuer is away.
 */
export function oidcVerifier(issuer: string, audience: string, clock: Clock): TokenVerifier {
  const keys = new IssuerKeys(issuer, clock);
  return new TokenVerifier({ issuers: [issuer], audience, clock, key: (header, token) => keys.find(header, token) });
}

class IssuerKeys {
  private held: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined;
  private fetching: Promise<void> | undefined;
  private triedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly issuer: string,
    private readonly clock: Clock,
  ) {}

  /** The key that a token names. @throws JWKSNoMatchingKey @throws RequestProblem 503 while no keys are available */
  find: JWTVerifyGetKey = async (header, token) => {
    const age = this.age();
    if (age >= refreshMs) {
      const fetched = this.refresh();
      if (age >= waitMs) await fetched;
    }
    if (this.held === undefined || this.age() >= issuerAwayMs) throw issuerAway();
    try {
      return await this.held.find(header, token);
    } catch (error) {
      const { held } = this;
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.refresh();
      if (this.held === held) throw error;
      return await this.held.find(header, token);
    }
  };

  private age(): number {
    return this.held === undefined ? Number.POSITIVE_INFINITY : this.now() - this.held.at;
  }

  private now(): number {
    return Date.parse(this.clock.now());
  }

  /** One fetch at a time, with a pause between two. It never rejects: the former keys stay. */
  private async refresh(): Promise<void> {
    if (this.fetching === undefined) {
      const pause = this.held === undefined ? 0 : pauseMs;
      if (this.now() - this.triedAt < pause) return;
      this.triedAt = this.now();
      this.fetching = this.fetch().finally(() => (this.fetching = undefined));
    }
    await this.fetching;
  }

  private async fetch(): Promise<void> {
    try {
      this.held = { find: createLocalJWKSet(await keySetOf(this.issuer)), at: this.now() };
    } catch {
      // Not reported here: the age of the keys shows it, and the caller decides how old they may be.
    }
  }
}

const isKeySet = hasShape<JSONWebKeySet>({ keys: 'list' });

/** OpenID Connect Discovery 1.0 §4. @throws Error when an answer is not the issuer's */
async function keySetOf(issuer: string): Promise<JSONWebKeySet> {
  const document = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri: keysAt } = document as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer || typeof keysAt !== 'string') throw new Error('the discovery document is not the issuer’s');
  return parsed<JSONWebKeySet>(`the answer of ${keysAt}`, isKeySet, await read(keysAt));
}

async function read(url: string): Promise<object> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  const body: unknown = response.ok ? await response.json() : null;
  if (typeof body !== 'object' || body === null) throw new Error(`${url} answered ${response.status}`);
  return body;
}
