import { actorWithoutIdentity } from '#libs/auth/caller.js';
import { localIssuer } from '#libs/auth/local-issuer.js';
import { loadSettings } from '#libs/service-kit/settings.js';
import { parsed, usage } from './usage.js';

/**
 * `hub actor SUBJECT [--issuer URL]`: how the log calls whoever acts with that subject and has no identity, for it holds
 * no names. The issuer is OIDC_ISSUER, else the local one. Exit 0, or 2 usage.
 */
export function actor(args: readonly string[]): number {
  const given = parsed(args, ['issuer']);
  if (given === null) {
    process.stderr.write(usage);
    return 2;
  }
  const { file: subject, values } = given;
  const issuer = values.issuer ?? loadSettings().OIDC_ISSUER ?? localIssuer;
  process.stdout.write(`${actorWithoutIdentity(issuer, subject)}\n`);
  return 0;
}
