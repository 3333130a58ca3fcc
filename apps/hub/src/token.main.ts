import { parseArgs } from 'node:util';
import { roles } from '#libs/auth/caller.js';
import { LocalIssuer, longestHours, usualHours } from '#libs/auth/local-issuer.js';
import type { NameSpace } from '#libs/auth/name-spaces.js';
import { SystemClock } from '#libs/system/clock.js';
import { BadSettings, loadSettings } from '#libs/service-kit/settings/settings.js';

const usage = `usage: npm run --silent token -- SUBJECT ROLE[,ROLE] [--person | --administrator] [--hours N]
  SUBJECT          with the role requester or approver a person's employeeId, else the name of an administrator or
                   machine; the two are different name spaces
  ROLE             ${[...roles, 'admin'].join(', ')}
  --person         SUBJECT is an employeeId, whatever the roles
  --administrator  SUBJECT is the name of an administrator or machine, whatever the roles
  --hours N        how long it lasts: 1 to ${longestHours} hours, ${usualHours} unless given
`;

interface Wanted {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly nameSpace: NameSpace;
  readonly hours: number;
}

/** Prints a token of the local issuer, and lists it in the data directory. */
async function main(args: readonly string[]): Promise<number> {
  const wanted = wantedOf(args);
  if (wanted === null) {
    process.stderr.write(usage);
    return 2;
  }
  const settings = loadSettings();
  if (settings.OIDC_ISSUER !== undefined) {
    process.stderr.write('with OIDC_ISSUER set, tokens come from that issuer alone\n');
    return 1;
  }
  const { subject, nameSpace } = wanted;
  const issuer = LocalIssuer.open(settings.HUB_DATA_DIR, settings.OIDC_AUDIENCE, new SystemClock());
  const person = nameSpace === 'person' && settings.IDENTITY_CLAIM !== 'sub';
  const claims = {
    ...(person ? { [settings.IDENTITY_CLAIM]: subject } : {}),
    [settings.OIDC_ROLES_CLAIM]: wanted.roles,
  };
  process.stdout.write(`${await issuer.issue(subject, claims, wanted)}\n`);
  return 0;
}

/** Null if the arguments are not valid. */
function wantedOf(args: readonly string[]): Wanted | null {
  const given = parsed(args);
  if (given === null) return null;
  const { values, positionals } = given;
  const [subject = '', list = '', ...rest] = positionals;
  const named = list.split(',').filter((role) => role !== '');
  const hours = Number(values.hours ?? usualHours);
  const nameSpace = nameSpaceOf(values, named);
  if (subject === '' || rest.length > 0 || nameSpace === null) return null;
  return areRoles(named) && isTerm(hours) ? { subject, roles: named, nameSpace, hours } : null;
}

function areRoles(named: readonly string[]): boolean {
  const known: readonly string[] = [...roles, 'admin'];
  return named.length > 0 && named.every((role) => known.includes(role));
}

const isTerm = (hours: number): boolean => Number.isInteger(hours) && hours >= 1 && hours <= longestHours;

/** The one that was asked for, else the one that the roles are of; null for both. */
function nameSpaceOf({ person = false, administrator = false }: Flags, named: readonly string[]): NameSpace | null {
  if (person && administrator) return null;
  const persons = named.includes('requester') || named.includes('approver');
  return person || (persons && !administrator) ? 'person' : 'administrator';
}

interface Flags {
  readonly person?: boolean;
  readonly administrator?: boolean;
}

function parsed(args: readonly string[]): {
  values: Flags & { hours?: string };
  positionals: string[];
} | null {
  try {
    return parseArgs({
      args: [...args],
      options: { person: { type: 'boolean' }, administrator: { type: 'boolean' }, hours: { type: 'string' } },
      allowPositionals: true,
    });
  } catch {
    return null;
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof BadSettings ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
