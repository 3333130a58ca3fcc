import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '#libs/service-kit/clock.js';
import { issuerAway, TokenVerifier } from './token-verifier.js';

const timeoutMs = 5_000;

/**
 * Tokens of an OpenID Connect issuer: its keys by discovery, fetched with the first token and again when an unknown
 * key turns up (at most every 30 s). Nothing is fetched at start, so the hub starts while the issuer is away.
 */
export function oidcVerifier(issuer: string, audience: string, clock: Clock): TokenVerifier {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    keys ??= discover(issuer);
    try {
      return await (
        await keys
      )(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      keys = undefined;
      throw issuerAway();
    }
  };
  return new TokenVerifier(issuer, audience, clock, keyOf);
}

/** OpenID Connect Discovery 1.0 §4. @throws RequestProblem 503 when the answer is not the issuer's */
async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  const document: unknown = response.ok ? await response.json() : null;
  const { issuer: named, jwks_uri: keysAt } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer || typeof keysAt !== 'string') throw issuerAway();
  return createRemoteJWKSet(new URL(keysAt), { timeoutDuration: timeoutMs });
}
