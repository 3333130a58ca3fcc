import type { MasterKey } from '#libs/event-store/master-key.js';
import type { ScimAuth } from '#libs/scim/client/credentials.js';
import type { ProblemError } from '#libs/service-kit/problem.js';
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
 * keeps the stored one.
 */
export function storedAuth(
  id: string,
  stated: Readonly<Record<string, unknown>>,
  before: ConnectorAuth | null,
  masterKey: MasterKey,
): { auth: ConnectorAuth } | { problems: ProblemError[] } {
  const { type } = stated;
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) {
    const mend = type === 'mtls' ? 'mtls is not served yet' : `must be one of ${Object.keys(fieldsOf).join(', ')}`;
    return { problems: [{ pointer: '/auth/type', detail: mend }] };
  }
  const { plain, secret, optional } = fieldsOf[type as AuthType];
  const known: readonly string[] = ['type', ...plain, ...secret, ...optional];
  const problems: ProblemError[] = Object.keys(stated)
    .filter((name) => !known.includes(name))
    .map((name) => ({ pointer: `/auth/${name}`, detail: `is not a field of ${type}: leave it out` }));
  const auth: Record<string, unknown> = { type };
  for (const name of [...plain, ...optional]) {
    const value = stated[name] ?? null;
    if (typeof value === 'string' && value !== '') auth[name] = value;
    else if ((optional as readonly string[]).includes(name) && value === null) auth[name] = null;
    else problems.push({ pointer: `/auth/${name}`, detail: 'is missing: give a text' });
  }
  for (const name of secret) {
    const kept = before?.type === type ? (before as unknown as Readonly<Record<string, StoredSecret>>)[name] : undefined;
    const stored = storedSecret(`connector/${id}/auth.${name}`, stated[name], kept, masterKey);
    if (stored === null) problems.push({ pointer: `/auth/${name}`, detail: 'is missing: give env:NAME, file:PATH or the secret itself' });
    else auth[name] = stored;
  }
  return problems.length > 0 ? { problems } : { auth: auth as ConnectorAuth };
}

function storedSecret(context: string, stated: unknown, kept: StoredSecret | undefined, masterKey: MasterKey): StoredSecret | null {
  const isSet = typeof stated === 'object' && stated !== null && 'set' in stated && stated.set === true;
  if (stated === undefined || stated === null || isSet) return kept ?? null;
  if (typeof stated !== 'string' || stated === '') return null;
  if (/^(env:[A-Z_][A-Z0-9_]*|file:.+)$/i.test(stated)) return { reference: stated };
  // The same secret again is no change, though it would be sealed to other bytes.
  if (kept !== undefined && 'sealed' in kept && masterKey.open(kept.sealed, context) === stated) return kept;
  return { sealed: masterKey.seal(stated, context) };
}

/** How `auth` is shown: who, never with what. */
export function shownAuth(auth: ConnectorAuth): object {
  return Object.fromEntries(
    Object.entries(auth).map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'object' || value === null) return [name, value];
      return [name, 'reference' in value ? { set: true, reference: value.reference } : { set: true }];
    }),
  );
}

/** Secrets in the clear, for a client that is about to call. @param read resolves `env:` and `file:` references */
export function openedAuth(id: string, auth: ConnectorAuth, masterKey: MasterKey, read: (reference: string) => string): ScimAuth {
  const open = (name: string, secret: StoredSecret): string =>
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
      return { type, tokenUrl, clientId, clientSecret: open('clientSecret', clientSecret), ...(scope === null ? {} : { scope }) };
    }
  }
}
