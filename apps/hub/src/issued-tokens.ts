import { parseArgs } from 'node:util';
import { IssuedTokens, type IssuedToken } from '#libs/auth/issued-tokens.js';
import { SystemClock } from '#libs/system/clock.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { usage } from './usage.js';

/**
 * `hub token list`: the valid tokens of the local issuer, one line each: id, name space, subject, roles, end.
 * `hub token revoke ID | --subject SUBJECT [--person | --administrator]`: refuses them from the next request on.
 * Exit 0, 1 when there was nothing to revoke, 2 usage.
 */
export function issuedTokens([command = '', ...args]: readonly string[]): number {
  const settings = loadSettings();
  if (settings.OIDC_ISSUER !== undefined) {
    process.stderr.write('with OIDC_ISSUER set, tokens come from that issuer alone: revoke them there\n');
    return 1;
  }
  const tokens = new IssuedTokens(settings.HUB_DATA_DIR);
  const now = new SystemClock().now();
  const isMeant = command === 'revoke' ? selectorOf(args) : null;
  if (command === 'list' && args.length === 0) {
    for (const token of tokens.standing(now)) process.stdout.write(`${lineOf(token)}\n`);
    return 0;
  }
  if (isMeant === null) {
    process.stderr.write(usage);
    return 2;
  }
  const count = tokens.revoke(isMeant, now);
  process.stdout.write(count === 0 ? 'there is no such valid token: see hub token list\n' : `revoked ${count}\n`);
  return count === 0 ? 1 : 0;
}

function lineOf({ id, nameSpace, subject, roles, expiresAt }: IssuedToken): string {
  return [id, nameSpace, JSON.stringify(subject), roles.join(','), `until ${expiresAt}`].join('  ');
}

/** The tokens that the arguments mean; null for invalid arguments. */
function selectorOf(args: readonly string[]): ((token: IssuedToken) => boolean) | null {
  const given = parsed(args);
  if (given === null) return null;
  const { values, positionals } = given;
  const { subject, person, administrator } = values;
  if (positionals.length === 1 && Object.keys(values).length === 0) return ({ id }) => id === positionals[0];
  if (positionals.length > 0 || subject === undefined || (person === true && administrator === true)) return null;
  const nameSpaces = person === true ? ['person'] : administrator === true ? ['administrator'] : null;
  return (token) => token.subject === subject && (nameSpaces?.includes(token.nameSpace) ?? true);
}

function parsed(args: readonly string[]): {
  values: { subject?: string; person?: boolean; administrator?: boolean };
  positionals: string[];
} | null {
  try {
    return parseArgs({
      args: [...args],
      options: { subject: { type: 'string' }, person: { type: 'boolean' }, administrator: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch {
    return null;
  }
}
