import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { SystemClock } from '#libs/system/clock.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { parsed, usage } from './usage.js';

export const services: readonly string[] = ['hr', 'governance', 'provisioning', 'audit'];

/** `hub republish SERVICE --from TIME`: has a running service publish again what it said since. Exit 0 under way, 1 not, 2 usage. */
export async function republish(args: readonly string[]): Promise<number> {
  const given = parsed(args, ['from', 'url', 'token']);
  const from = given?.values.from;
  if (given === null || from === undefined || !services.includes(given.file)) {
    const mend = given === null || from === undefined ? '' : `SERVICE must be one of ${services.join(', ')}\n`;
    process.stderr.write(`${mend}${usage}`);
    return 2;
  }
  const url = given.values.url ?? `http://127.0.0.1:${loadSettings().PORT}`;
  const response = await fetch(new URL(`/${given.file}/v1/republications`, url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${given.values.token ?? (await ownToken('hub-republish'))}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ from }),
  });
  if (response.status !== 202) throw new Error(`refused with ${response.status}: ${await response.text()}`);
  process.stdout.write(`${given.file} publishes again what it said since ${from}\n`);
  return 0;
}

/** A token of the local issuer: everybody who can read the data directory can use its key. */
export async function ownToken(name: string): Promise<string> {
  const settings = loadSettings();
  if (settings.OIDC_ISSUER !== undefined) throw new Error('give a token of your issuer with --token');
  const issuer = LocalIssuer.open(settings.HUB_DATA_DIR, settings.OIDC_AUDIENCE, new SystemClock());
  const roles = ['hr-operator', 'policy-admin', 'connector-admin', 'security'];
  return await issuer.issue(
    name,
    { [settings.OIDC_ROLES_CLAIM]: roles },
    { nameSpace: 'administrator', hours: 1, roles },
  );
}
