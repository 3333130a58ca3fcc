import { join } from 'node:path';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { Clock } from '#libs/service-kit/clock.js';
import { readOrCreateOnce } from '#libs/service-kit/once-file.js';
import { TokenVerifier } from './token-verifier.js';

export const localIssuer = 'urn:identity-hub:local';
const lifetimeSeconds = 12 * 60 * 60;

interface IssuerFile {
  readonly kid: string;
  readonly key: JWK;
}

/**
 * The issuer of an installation without one of its own. Its key lies in the data directory (0600), survives restarts
 * and is shared by the processes of one machine: whoever may read that directory may be anyone.
 */
export class LocalIssuer {
  private constructor(
    private readonly file: IssuerFile,
    private readonly audience: string,
    private readonly clock: Clock,
  ) {}

  static open(dataDir: string, audience: string, clock: Clock): LocalIssuer {
    const text = readOrCreateOnce(join(dataDir, 'issuer.json'), makeFile);
    return new LocalIssuer(JSON.parse(text) as IssuerFile, audience, clock);
  }

  /** A token of `subject` that lasts 12 hours. @param claims further claims, such as the one that holds the roles */
  async issue(subject: string, claims: Readonly<Record<string, unknown>>): Promise<string> {
    const now = Math.floor(Date.parse(this.clock.now()) / 1000);
    return await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.file.kid, typ: 'JWT' })
      .setSubject(subject)
      .setIssuer(localIssuer)
      .setAudience(this.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .sign(await importJWK(this.file.key, 'EdDSA'));
  }

  verifier(): TokenVerifier {
    const { kty = '', crv = '', x = '' } = this.file.key;
    const key = importJWK({ kty, crv, x }, 'EdDSA');
    return new TokenVerifier(localIssuer, this.audience, this.clock, async () => await key);
  }
}

function makeFile(): string {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(key.x ?? '')
    .digest('base64url')
    .slice(0, 16);
  return JSON.stringify({ kid, key });
}
