import { canonicalKey } from '#libs/text/text.js';
import { actorWithoutIdentity, grantedRoles, type Caller } from './caller.js';
import type { IdentityDirectory } from './identity-directory.store.js';
import { InvalidToken, type Claims, type TokenVerifier } from './token-verifier.js';

export interface ClaimNames {
  /** Holds the roles: an array or a list in one string; a dotted path reaches into objects. */
  readonly roles: string;
  /** Holds the person's employeeId. */
  readonly identity: string;
}

/** Finds the caller of an Authorization header. */
export class Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly identities: IdentityDirectory,
    private readonly claimNames: ClaimNames,
  ) {}

  /** @throws InvalidToken without a valid token, or if its person is not active */
  async callerOf(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new InvalidToken('send a token: Authorization: Bearer …', '');
    const claims = await this.tokens.verify(token);
    const person = this.personIn(claims);
    const found = person === null ? null : await this.identities.lookup(claims.iss, person);
    if (found?.status === 'inactive') throw new InvalidToken('the person is not active');
    return {
      subject: claims.sub,
      issuer: claims.iss,
      roles: grantedRoles(namesIn(claimAt(claims, this.claimNames.roles))),
      identity: found?.identity ?? null,
      actor: found === null ? actorWithoutIdentity(claims.iss, claims.sub) : `identity/${found.identity}`,
    };
  }

  /** The employeeId in the configured claim, in canonical form. The `sub` of a program names no person. */
  private personIn(claims: Claims): string | null {
    const { identity } = this.claimNames;
    const claim = identity === 'sub' && isProgram(claims) ? null : claimAt(claims, identity);
    return typeof claim === 'string' ? canonicalKey(claim) : null;
  }
}

/**
 * A token that a program got for itself: its `sub` is the program's own id (RFC 9068 §2.2), which is no employeeId.
 * `idtyp` is Microsoft Entra's mark, `gty` Auth0's.
 */
function isProgram(claims: Claims): boolean {
  const { sub, client_id: client, azp, idtyp, gty } = claims;
  return sub === client || sub === azp || idtyp === 'app' || gty === 'client-credentials';
}

function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (at, part) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, part)
          ? (at as Record<string, unknown>)[part]
          : undefined,
      claims,
    );
}

function namesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(/[\s,]+/);
  return Array.isArray(claim) ? claim.filter((name) => typeof name === 'string') : [];
}
