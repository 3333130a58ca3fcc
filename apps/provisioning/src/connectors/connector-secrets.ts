import type { MasterKey } from '#libs/event-store/master-key.js';
import type { ApplicationAuth, Secret } from '#libs/outgoing/credentials.js';
import type { ProblemError } from '#libs/problems/problem.js';
import type { SecretReferences } from './secret-references.config.js';
import { cleanSecret, secretProblem } from './secret-text.js';
import type { ConnectorAuth, StoredSecret } from './connector-document.js';

/** Plain and secret fields of each way to authenticate. */
const fieldsOf = {
  bearer: { plain: [], secret: ['token'], optional: [] },
  basic: { plain: ['username'], secret: ['password'], optional: [] },
  'api-key': { plain: ['header'], secret: ['key'], optional: [] },
  'oauth2-client-credentials': { plain: ['tokenUrl', 'clientId'], secret: ['clientSecret'], optional: ['scope'] },
} as const;

type AuthType = keyof typeof fieldsOf;

/**
 * What an administrator stated as `auth`, with literals sealed. A secret left out, or `{"set": true}` as GET shows it,
 * keeps the stored one, unless it would go to another host than the one it was given for.
 *
 * @param moved the connector's address names another origin than before
 */
export function storedAuth(
  id: string,
  stated: Readonly<Record<string, unknown>>,
  former: ConnectorAuth | null,
  moved: boolean,
  keeping: Keeping,
): { auth: ConnectorAuth } | { problems: ProblemError[] } {
  const { type } = stated;
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) {
    const detail = type === 'mtls' ? 'mtls is not served yet' : `must be one of ${Object.keys(fieldsOf).join(', ')}`;
    return { problems: [{ pointer: '/auth/type', detail }] };
  }
  const { plain, secret, optional } = fieldsOf[type as AuthType];
  const known: readonly string[] = ['type', ...plain, ...secret, ...optional];
  const problems: ProblemError[] = Object.keys(stated)
    .filter((name) => !known.includes(name))
    .map((name) => ({ pointer: `/auth/${name}`, detail: `is not a field of ${type}: leave it out` }));
  const auth: Record<string, unknown> = { type };
  const take = (name: string, taken: Taken): void => {
    if ('detail' in taken) problems.push({ pointer: `/auth/${name}`, detail: taken.detail });
    else auth[name] = taken.value;
  };
  for (const name of plain) take(name, plainText(name, stated[name]));
  for (const name of optional)
    take(name, stated[name] === undefined || stated[name] === null ? { value: null } : plainText(name, stated[name]));
  const elsewhere =
    moved || (former?.type === 'oauth2-client-credentials' && originOf(former.tokenUrl) !== originOf(auth['tokenUrl']));
  const kept = former?.type === type ? (former as unknown as Readonly<Record<string, StoredSecret>>) : {};
  for (const name of secret) {
    take(name, storedSecret(id, name, stated[name], { kept: kept[name], elsewhere }, keeping));
  }
  return problems.length > 0 ? { problems } : { auth: auth as ConnectorAuth };
}

/** What seals literals, and what decides on references. */
interface Keeping {
  readonly masterKey: MasterKey;
  readonly secrets: SecretReferences;
}

/** A field as it is stored, or what is wrong with it. */
type Taken = { readonly value: unknown } | { readonly detail: string };

function plainText(name: string, value: unknown): Taken {
  if (typeof value !== 'string' || value === '') return { detail: 'is missing: give a text' };
  const unfit = secretProblem(value);
  if (unfit !== null) return { detail: unfit };
  if (name === 'tokenUrl' && !isPlainAddress(value)) return { detail: 'must be an https address without credentials' };
  if (name === 'header' && (!/^[\w!#$%&'*+.^`|~-]+$/.test(value) || ownHeaders.has(value.toLowerCase())))
    return { detail: 'is not the name of a header that a key may have' };
  return { value };
}

/** Headers that say how a call is sent. @see RFC 9110 */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept',
  'user-agent',
  'expect',
  'upgrade',
  'keep-alive',
]);

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

const mend = 'give env:CONNECTOR_<ID>__<NAME>, file:NAME or the secret itself';

/** The stored secret, and whether it would now go to another host than it was given for. */
interface Before {
  readonly kept: StoredSecret | undefined;
  readonly elsewhere: boolean;
}

function storedSecret(
  id: string,
  name: string,
  stated: unknown,
  before: Before,
  { masterKey, secrets }: Keeping,
): Taken {
  const { kept } = before;
  const context = `connector/${id}/auth.${name}`;
  const isSet = typeof stated === 'object' && stated !== null && 'set' in stated && stated.set === true;
  if (stated === undefined || stated === null || isSet) return keptSecret(id, before, secrets);
  if (typeof stated !== 'string' || stated === '') return { detail: `is missing: ${mend}` };
  if (isReference(stated)) {
    const detail = secrets.problem(id, stated);
    return detail === null ? { value: { reference: stated } } : { detail };
  }
  const secret = cleanSecret(stated);
  const unfit = secret === '' ? `is missing: ${mend}` : secretProblem(secret);
  if (unfit !== null) return { detail: unfit };
  // The same secret again is no change, though it would be sealed to other bytes.
  if (kept !== undefined && 'sealed' in kept && masterKey.open(kept.sealed, context) === secret) return { value: kept };
  return { value: { sealed: masterKey.seal(secret, context) } };
}

function keptSecret(id: string, { kept, elsewhere }: Before, secrets: SecretReferences): Taken {
  if (kept === undefined) return { detail: `is missing: ${mend}` };
  if (elsewhere) return { detail: `was given for another host: ${mend} it again` };
  const detail = 'reference' in kept ? secrets.problem(id, kept.reference) : null;
  return detail === null ? { value: kept } : { detail };
}

const isReference = (stated: string): boolean => /^(env|file):/i.test(stated);

/** Of an address; empty for what is none. */
export function originOf(address: unknown): string {
  return typeof address === 'string' && URL.canParse(address) ? new URL(address).origin : '';
}

/** A secret as it is shown: that there is one, and where it is if not here. */
export interface ShownSecret {
  readonly set: true;
  readonly reference?: string;
}

type Shown<Auth> = Auth extends unknown
  ? { readonly [Name in keyof Auth]: Auth[Name] extends StoredSecret ? ShownSecret : Auth[Name] }
  : never;
export type ShownAuth = Shown<ConnectorAuth>;

/** How `auth` is shown: without secrets. */
export function shownAuth(auth: ConnectorAuth): ShownAuth {
  return Object.fromEntries(
    Object.entries(auth).map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'object' || value === null) return [name, value];
      return [name, 'reference' in value ? { set: true, reference: value.reference } : { set: true }];
    }),
  ) as ShownAuth;
}

/**
 * Secrets in the clear, for a client that is about to call.
 * @param read resolves `env:` and `file:` references
 */
export function openedAuth(
  id: string,
  auth: ConnectorAuth,
  masterKey: MasterKey,
  read: (reference: string) => string,
): ApplicationAuth {
  const open =
    (name: string, secret: StoredSecret): Secret =>
    () =>
      'reference' in secret ? read(secret.reference) : masterKey.open(secret.sealed, `connector/${id}/auth.${name}`);
  switch (auth.type) {
    case 'bearer':
      return { type: auth.type, token: open('token', auth.token) };
    case 'basic':
      return { type: auth.type, username: auth.username, password: open('password', auth.password) };
    case 'api-key':
      return { type: auth.type, header: auth.header, key: open('key', auth.key) };
    case 'oauth2-client-credentials': {
      const { type, tokenUrl, clientId, clientSecret, scope } = auth;
      return {
        type,
        tokenUrl,
        clientId,
        clientSecret: open('clientSecret', clientSecret),
        ...(scope === null ? {} : { scope }),
      };
    }
  }
}
