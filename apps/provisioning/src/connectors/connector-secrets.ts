import { parsed } from '#libs/event-store/core.js';
import type { MasterKey } from '#libs/event-store/master-key.js';
import type { ProblemError } from '#libs/problems/problem.js';
import type { SecretReferences } from './secret-references.config.js';
import { isDeepStrictEqual } from 'node:util';
import { cleanSecret, pemProblem, secretProblem, webhookProblem } from './secret-text.js';
import type { ConnectorAuth, StoredSecret } from './connector-document.js';

/** Plain and secret fields of each way to authenticate. */
const fieldsOf = {
  bearer: { plain: [], secret: ['token'], optional: [] },
  basic: { plain: ['username'], secret: ['password'], optional: [] },
  'api-key': { plain: ['header'], secret: ['key'], optional: [] },
  mtls: { plain: [], secret: ['cert', 'key'], optional: [] },
  'standard-webhooks': { plain: [], secret: ['secret'], optional: [] },
  none: { plain: [], secret: [], optional: [] },
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
  if (!isAuthType(type)) {
    const detail = `must be one of ${Object.keys(fieldsOf).join(', ')}`;
    return { problems: [{ pointer: '/auth/type', detail }] };
  }
  const fields: Readonly<Record<'plain' | 'secret' | 'optional', readonly string[]>> = fieldsOf[type];
  const plain = [
    ...fields.plain.map((name) => [name, plainText(name, stated[name])] as const),
    ...fields.optional.map((name) => [name, optionalText(name, stated[name])] as const),
  ];
  const elsewhere = moved || isMovedIssuer(former, stated['tokenUrl']);
  const kept = former?.type === type ? secretsOf(former) : {};
  const unfitness = problemsOf(type);
  const secret = fields.secret.map(
    (name) =>
      [name, storedSecret(id, name, stated[name], { kept: kept[name], elsewhere }, { ...keeping, unfitness })] as const,
  );
  const known = ['type', 'expiresAt', ...fields.plain, ...fields.secret, ...fields.optional];
  const unknown = Object.keys(stated)
    .filter((name) => !known.includes(name))
    .map((name) => [name, { detail: `is not a field of ${type}: leave it out` }] as const);
  const taken: readonly (readonly [name: string, taken: Taken])[] = [
    ...unknown,
    ...plain,
    ...secret,
    ...datedBy(stated['expiresAt']),
  ];
  const problems = taken.flatMap(([name, one]) =>
    'detail' in one ? [{ pointer: `/auth/${name}`, detail: one.detail }] : [],
  );
  if (problems.length > 0) return { problems };
  const values = Object.fromEntries(taken.flatMap(([name, one]) => ('value' in one ? [[name, one.value]] : [])));
  const whole = { type, ...values, ...(elsewhere ? {} : formerOf(kept, values, fields.secret)) };
  return { auth: parsed('auth', isConnectorAuth, whole) };
}

const isAuthType = (type: unknown): type is AuthType => typeof type === 'string' && Object.hasOwn(fieldsOf, type);

function isConnectorAuth(value: unknown): value is ConnectorAuth {
  if (typeof value !== 'object' || value === null || !('type' in value) || !isAuthType(value.type)) return false;
  const { plain, secret } = fieldsOf[value.type];
  const stated = new Map<string, unknown>(Object.entries(value));
  return (
    plain.every((name) => typeof stated.get(name) === 'string') && secret.every((name) => isStored(stated.get(name)))
  );
}

const isStored = (value: unknown): value is StoredSecret =>
  typeof value === 'object' && value !== null && ('sealed' in value || 'reference' in value);

/** The secrets of an authentication, by the names of their fields. */
function secretsOf(auth: ConnectorAuth): Readonly<Record<string, StoredSecret>> {
  return Object.fromEntries(
    Object.entries(auth).flatMap(([name, value]: [string, unknown]) => (isStored(value) ? [[name, value]] : [])),
  );
}

/** Tokens come from another host than before. */
function isMovedIssuer(former: ConnectorAuth | null, tokenUrl: unknown): boolean {
  return former?.type === 'oauth2-client-credentials' && originOf(former.tokenUrl) !== originOf(tokenUrl);
}

/** Why a secret is of no use: a certificate has lines, anything else has none. */
const problemsOf = (type: string): typeof secretProblem =>
  type === 'mtls' ? pemProblem : type === 'standard-webhooks' ? webhookProblem : secretProblem;

/** The secret before this one, as long as it may count. A certificate and its key are exchanged together, in their files. */
function formerOf(
  kept: Readonly<Record<string, StoredSecret>>,
  values: Readonly<Record<string, unknown>>,
  [name = '', ...more]: readonly string[],
): { readonly former?: StoredSecret } {
  const before = kept[name];
  const former = before === undefined || isDeepStrictEqual(before, values[name]) ? kept['former'] : before;
  return more.length > 0 || former === undefined ? {} : { former };
}

function datedBy(value: unknown): (readonly [name: string, taken: Taken])[] {
  return value === undefined || value === null ? [] : [['expiresAt', expiryOf(value)]];
}

function expiryOf(value: unknown): Taken {
  const isInstant = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(value);
  if (!isInstant || Number.isNaN(Date.parse(value)))
    return { detail: 'must be a date or an instant in UTC, such as 2027-01-31 or 2027-01-31T12:00:00Z' };
  return { value: new Date(Date.parse(value)).toISOString() };
}

/** Encrypts literals, and decides about references. */
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

function optionalText(name: string, value: unknown): Taken {
  return value === undefined || value === null ? { value: null } : plainText(name, value);
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
  { masterKey, secrets, unfitness }: Keeping & { readonly unfitness: typeof secretProblem },
): Taken {
  if (isLeftOut(stated)) return keptSecret(id, before, secrets);
  if (typeof stated !== 'string' || stated === '') return { detail: `is missing: ${mend}` };
  if (isReference(stated)) {
    const detail = secrets.problem(id, stated);
    return detail === null ? { value: { reference: stated } } : { detail };
  }
  const secret = cleanSecret(stated);
  const unfit = secret === '' ? `is missing: ${mend}` : unfitness(secret);
  return unfit === null ? sealedSecret(id, name, secret, before.kept, masterKey) : { detail: unfit };
}

function sealedSecret(
  id: string,
  name: string,
  secret: string,
  kept: StoredSecret | undefined,
  masterKey: MasterKey,
): Taken {
  const context = `connector/${id}/auth.${name}`;
  // The same secret again is no change, though it would be sealed to other bytes.
  const isSame = kept !== undefined && 'sealed' in kept && masterKey.open(kept.sealed, context) === secret;
  return { value: isSame ? kept : { sealed: masterKey.seal(secret, context) } };
}

/** Left out, or stated in the form of the answer: `{"set": true}`. */
function isLeftOut(stated: unknown): boolean {
  if (stated === undefined || stated === null) return true;
  return typeof stated === 'object' && 'set' in stated && stated.set === true;
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
