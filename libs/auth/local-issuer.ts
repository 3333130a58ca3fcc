import { hasShape, parsed } from '#libs/event-store/core.js';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { importJWK, SignJWT, type JWK } from 'jose';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Clock } from '#libs/system/clock.js';
import { readOrCreateOnce } from '#libs/system/once-file.js';
import { issuerOf, localAdministrators, localIssuer, type NameSpace } from './name-spaces.js';
import { IssuedTokens, type IssuedToken } from './issued-tokens.js';
import { InvalidToken, TokenVerifier, type Claims } from './token-verifier.js';

/** How long a token lasts unless said otherwise, and at most. Hours. */
export const usualHours = 4;
export const longestHours = 12;

interface IssuerFile {
  readonly kid: string;
  readonly key: JWK;
}

const isIssuerFile = hasShape<IssuerFile>({ kid: 'text', key: 'object' });

interface TokenTerms {
  readonly nameSpace?: NameSpace;
  readonly hours?: number;
  /** For the list of issued tokens. */
  readonly roles?: readonly string[];
}

/**
 * The issuer of an installation without an OIDC issuer. Its key is in the data directory (0600), survives restarts and
 * is shared by the processes of one machine: everybody who can read that directory can issue any token. Each token is
 * listed there when it is issued; one that is not in the list, or was revoked, is refused.
 */
export class LocalIssuer {
  private constructor(
    private readonly file: IssuerFile,
    private readonly audience: string,
    private readonly clock: Clock,
    private readonly issued: IssuedTokens,
  ) {}

  static open(dataDir: string, audience: string, clock: Clock): LocalIssuer {
    const path = join(dataDir, 'issuer.json');
    const file = parsed<IssuerFile>(path, isIssuerFile, JSON.parse(readOrCreateOnce(path, makeFile)));
    return new LocalIssuer(file, audience, clock, new IssuedTokens(dataDir));
  }

  /** A token of `subject`. @param claims further claims, such as the one that holds the roles */
  async issue(
    subject: string,
    claims: Readonly<Record<string, unknown>>,
    { nameSpace = 'person', hours = usualHours, roles = [] }: TokenTerms = {},
  ): Promise<string> {
    const now = Math.floor(Date.parse(this.clock.now()) / 1000);
    const expires = now + hours * 3_600;
    const id = uuidv7();
    this.issued.add({ id, subject, nameSpace, roles, issuedAt: instantOf(now), expiresAt: instantOf(expires) });
    return await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.file.kid, typ: 'JWT' })
      .setJti(id)
      .setSubject(subject)
      .setIssuer(issuerOf(nameSpace))
      .setAudience(this.audience)
      .setIssuedAt(now)
      .setExpirationTime(expires)
      .sign(await importJWK(this.file.key, 'EdDSA'));
  }

  /** @param onNews told of each token issued or revoked from now on, with the next token that is verified */
  verifier(onNews: (token: IssuedToken) => void = () => undefined): TokenVerifier {
    this.issued.follow(onNews);
    const { kty = '', crv = '', x = '' } = this.file.key;
    const key = importJWK({ kty, crv, x }, 'EdDSA');
    return new TokenVerifier({
      issuers: [localIssuer, localAdministrators],
      audience: this.audience,
      clock: this.clock,
      key: async () => await key,
      requireStanding: (claims) => this.requireStanding(claims),
    });
  }

  /** @throws InvalidToken for a token that is not listed, or was revoked */
  private requireStanding({ jti }: Claims): void {
    const token = jti === undefined ? undefined : this.issued.find(jti);
    if (token === undefined) throw new InvalidToken('the token is not in the list of issued tokens: get a new one');
    if (token.revokedAt !== null) throw new InvalidToken('the token was revoked: get a new one');
  }
}

const instantOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

function makeFile(): string {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(key.x ?? '')
    .digest('base64url')
    .slice(0, 16);
  return JSON.stringify({ kid, key });
}
