import { roles } from '#libs/auth/caller.js';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { SystemClock } from '#libs/service-kit/clock.js';
import { BadSettings, loadSettings } from '#libs/service-kit/settings.js';

const usage = `usage: npm run --silent token -- SUBJECT ROLE[,ROLE]
  SUBJECT  a person's employeeId, or the name of a machine
  ROLE     ${[...roles, 'admin'].join(', ')}
`;

/** Prints a token of the local issuer that lasts 12 hours. */
async function main([subject = '', list = '', ...rest]: readonly string[]): Promise<number> {
  const wanted = list.split(',').filter((role) => role !== '');
  const known: readonly string[] = [...roles, 'admin'];
  if (
    subject === '' ||
    subject.startsWith('-') ||
    rest.length > 0 ||
    wanted.length === 0 ||
    !wanted.every((role) => known.includes(role))
  ) {
    process.stderr.write(usage);
    return 2;
  }
  const settings = loadSettings();
  if (settings.OIDC_ISSUER !== undefined) {
    process.stderr.write('with OIDC_ISSUER set, tokens come from that issuer alone\n');
    return 1;
  }
  const issuer = LocalIssuer.open(settings.HUB_DATA_DIR, settings.OIDC_AUDIENCE, new SystemClock());
  const identity = settings.IDENTITY_CLAIM === 'sub' ? {} : { [settings.IDENTITY_CLAIM]: subject };
  process.stdout.write(`${await issuer.issue(subject, { ...identity, [settings.OIDC_ROLES_CLAIM]: wanted })}\n`);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof BadSettings ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
