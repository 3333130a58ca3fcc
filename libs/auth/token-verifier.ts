import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { RequestProblem } from '#libs/problems/problem.js';
import type { Clock } from '#libs/system/clock.js';

/** Never `none` and never a shared secret: with a shared secret every verifier could also sign. */
const algorithms = ['RS256', 'ES256', 'EdDSA'];
/** How far the issuer's clock may be ahead, for `iat` and `nbf`, in seconds. An expired token is expired. */
const aheadSeconds = 300;
/** Maximum of cached tokens, and of the cache time in milliseconds: a removed key counts after it. */
const remembered = 1000;
const rememberedMs = 10_000;
/**
 * Claims of an ID token (OpenID Connect Core 1.0 §2, §3.3.2.11; FAPI 1.0 for `s_hash`), which tells a client who signed
 * in, and of a security event such as a log-out (RFC 8417 §2.2). Neither gives access to an API.
 */
const foreignClaims = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const;
/** How Keycloak (`typ`) and Amazon Cognito (`token_use`) say what they issued. */
const foreignKinds: Readonly<Record<string, readonly string[]>> = {
  typ: ['id', 'refresh', 'offline', 'logout'],
  token_use: ['id', 'refresh'],
};
/** Media types of an access token (RFC 9068 §2.1); most issuers say no more than `JWT`, or nothing. */
const accessTypes = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];

export interface Claims extends JWTPayload {
  readonly sub: string;
  readonly iss: string;
  readonly exp: number;
}

/** 401 (RFC 6750 §3). `reason` says what is wrong with the token, never its content. */
export class InvalidToken extends RequestProblem {
  constructor(reason: string, error = ', error="invalid_token"') {
    const described = error === '' ? '' : `, error_description="${reason}"`;
    super(401, 'invalid_token', reason, [], { 'WWW-Authenticate': `Bearer realm="identity-hub"${error}${described}` });
  }
}

export interface TokenRules {
  /** Accepted `iss` values; the first is that of persons. */
  readonly issuers: readonly [string, ...string[]];
  readonly audience: string;
  readonly clock: Clock;
  readonly key: JWTVerifyGetKey;
  /** Refuses a revoked token; called each time. @throws InvalidToken */
  readonly requireStanding?: (claims: Claims) => void;
}

/** Checks that a token is from our issuer, for our audience, and valid now. */
export class TokenVerifier {
  /** Cache of checked signatures: a token that is sent again costs no cryptography. */
  private readonly known = new Map<string, { readonly claims: Claims; readonly since: number }>();

  constructor(private readonly rules: TokenRules) {}

  /** Issuer whose subjects are persons. */
  get issuer(): string {
    return this.rules.issuers[0];
  }

  /** @throws InvalidToken @throws RequestProblem 503 while the issuer's keys cannot be had */
  async verify(token: string): Promise<Claims> {
    const nowMs = Date.parse(this.rules.clock.now());
    const now = nowMs / 1000;
    const claims = await this.signed(token, nowMs);
    if (claims.exp <= now) throw new InvalidToken('the token has expired: get a new one');
    for (const claim of ['iat', 'nbf'] as const) {
      if ((claims[claim] ?? 0) > now + aheadSeconds) throw new InvalidToken(`the token is not valid yet (${claim})`);
    }
    this.rules.requireStanding?.(claims);
    return claims;
  }

  private async signed(token: string, nowMs: number): Promise<Claims> {
    const known = this.known.get(token);
    if (known !== undefined && nowMs - known.since < rememberedMs) return known.claims;
    const claims = await this.checked(token);
    if (this.known.size >= remembered) this.known.clear();
    this.known.set(token, { claims, since: nowMs });
    return claims;
  }

  /** Everything that does not change with time. */
  private async checked(token: string): Promise<Claims> {
    try {
      const { audience, issuers, key } = this.rules;
      const { payload, protectedHeader } = await jwtVerify(token, key, {
        algorithms,
        issuer: [...issuers],
        requiredClaims: ['sub', 'exp', 'aud'],
        // Times are checked above, each with its own tolerance.
        currentDate: new Date(0),
        clockTolerance: Number.MAX_SAFE_INTEGER,
      });
      if (payload.aud !== audience && !(Array.isArray(payload.aud) && payload.aud.includes(audience))) {
        throw new InvalidToken('the token is for another audience');
      }
      if (isForeign(payload, protectedHeader.typ)) {
        throw new InvalidToken(
          'this is an ID token or another that is no access token: send one whose audience is this API',
        );
      }
      const { sub, iss, exp } = payload;
      if (typeof sub !== 'string' || sub === '') throw new InvalidToken('the token names no subject');
      if (iss === undefined || exp === undefined) throw new InvalidToken('the token names no issuer, or no end');
      return { ...payload, sub, iss, exp };
    } catch (error) {
      throw asProblem(error);
    }
  }
}

/** An access token with the same issuer and audience is the only kind that says what its bearer may do. */
function isForeign(payload: JWTPayload, type: string | undefined): boolean {
  if (type !== undefined && !accessTypes.includes(type.toLowerCase())) return true;
  if (foreignClaims.some((claim) => Object.hasOwn(payload, claim))) return true;
  return Object.entries(foreignKinds).some(([claim, kinds]) => {
    const said = payload[claim];
    return typeof said === 'string' && kinds.includes(said.toLowerCase());
  });
}

function asProblem(error: unknown): unknown {
  if (error instanceof RequestProblem) return error;
  if (error instanceof errors.JWTClaimValidationFailed)
    return new InvalidToken(`the token's claim ${error.claim} is missing or not accepted`);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new InvalidToken('the token is not signed by the issuer');
  if (error instanceof errors.JWKSNoMatchingKey)
    return new InvalidToken('the token is signed with a key that the issuer does not have');
  if (error instanceof errors.JOSEAlgNotAllowed)
    return new InvalidToken(`the token must be signed with ${algorithms.join(', ')}`);
  if (error instanceof errors.JWKSTimeout) return issuerAway();
  if (error instanceof errors.JOSEError || error instanceof TypeError)
    return new InvalidToken('the token is malformed');
  return issuerAway();
}

export function issuerAway(): RequestProblem {
  return new RequestProblem(503, 'unavailable', "the issuer's keys cannot be fetched: try again shortly", [], {
    'Retry-After': '5',
  });
}
