import type { Clock } from '#libs/system/clock.js';
import type { JsonLogger } from './json-logger.js';
import type { ServiceSettings } from '../settings/settings.js';
import { actorWithoutIdentity } from '#libs/auth/caller.js';
import type { IssuedToken } from '#libs/auth/issued-tokens.js';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { issuerOf } from '#libs/auth/name-spaces.js';
import { oidcVerifier } from '#libs/auth/oidc.js';
import type { TokenVerifier } from '#libs/auth/token-verifier.js';

/** The issuer of accepted tokens: OIDC_ISSUER, or the local issuer if it is not set. Never both. */
export function tokensOf(settings: ServiceSettings, clock: Clock, logger: Pick<JsonLogger, 'log'>): TokenVerifier {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, HUB_DATA_DIR: dataDir } = settings;
  return issuer === undefined
    ? LocalIssuer.open(dataDir, audience, clock).verifier((token) => logger.log(lineOf(token), 'auth'))
    : oidcVerifier(issuer, audience, clock);
}

/** For the log, which holds no names: the subject as the audit log calls it. */
function lineOf({ id, subject, nameSpace, roles, expiresAt, revokedAt }: IssuedToken): object {
  const message = revokedAt === null ? 'token issued' : 'token revoked';
  return { message, token: id, nameSpace, actor: actorWithoutIdentity(issuerOf(nameSpace), subject), roles, expiresAt };
}
