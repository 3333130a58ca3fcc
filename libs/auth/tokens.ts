import type { Clock } from '#libs/service-kit/clock.js';
import type { ServiceSettings } from '#libs/service-kit/settings.js';
import { LocalIssuer } from './local-issuer.js';
import { oidcVerifier } from './oidc.js';
import type { TokenVerifier } from './token-verifier.js';

/** Whose tokens count: those of OIDC_ISSUER, or without it those of the local issuer. Never both. */
export function tokensOf(settings: ServiceSettings, clock: Clock): TokenVerifier {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, HUB_DATA_DIR: dataDir } = settings;
  return issuer === undefined
    ? LocalIssuer.open(dataDir, audience, clock).verifier()
    : oidcVerifier(issuer, audience, clock);
}
