import { actorWithoutIdentity } from '#libs/auth/caller.js';
import { localAdministrators } from '#libs/auth/name-spaces.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { parsed, usage } from './usage.js';

/**
 * `hub actor SUBJECT [--issuer URL]`: the id that the log, which holds no names, uses for an administrator or machine
 * with that subject and without an identity. The issuer is OIDC_ISSUER, else that of local administrators. Exit 0, or 2
 * usage.
 */
export function actor(args: readonly string[]): number {
  const given = parsed(args, ['issuer']);
  if (given === null) {
    process.stderr.write(usage);
    return 2;
  }
  const { file: subject, values } = given;
  const issuer = values.issuer ?? loadSettings().OIDC_ISSUER ?? localAdministrators;
  process.stdout.write(`${actorWithoutIdentity(issuer, subject)}\n`);
  return 0;
}
