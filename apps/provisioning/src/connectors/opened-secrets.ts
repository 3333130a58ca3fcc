import type { MasterKey } from '#libs/event-store/master-key.js';
import type { ApplicationAuth, Secret } from '#libs/outgoing/credentials.js';
import type { ConnectorAuth, StoredSecret } from './connector-document.js';
import { pemProblem, type secretProblem } from './secret-text.js';

/**
 * Secrets in the clear, for a client that is about to call.
 */
export function openedAuth(id: string, auth: ConnectorAuth, { masterKey, read }: Opening): ApplicationAuth {
  const open =
    (name: string, secret: StoredSecret, unfitness?: typeof secretProblem): Secret =>
    () =>
      'reference' in secret
        ? read(secret.reference, unfitness)
        : masterKey.open(secret.sealed, `connector/${id}/auth.${name}`);
  const before = (name: string): { former?: Secret } =>
    auth.former === undefined ? {} : { former: open(name, auth.former) };
  switch (auth.type) {
    case 'bearer':
      return { type: auth.type, token: open('token', auth.token), ...before('token') };
    case 'basic': {
      const { type, username, password } = auth;
      return { type, username, password: open('password', password), ...before('password') };
    }
    case 'api-key':
      return { type: auth.type, header: auth.header, key: open('key', auth.key), ...before('key') };
    case 'mtls':
      return { type: auth.type, cert: open('cert', auth.cert, pemProblem), key: open('key', auth.key, pemProblem) };
    // The signature is made with each body: the headers prove nothing.
    case 'standard-webhooks':
    case 'none':
      return { type: 'none' };
    case 'oauth2-client-credentials': {
      const { type, tokenUrl, clientId, clientSecret, scope } = auth;
      return {
        type,
        tokenUrl,
        clientId,
        clientSecret: open('clientSecret', clientSecret),
        ...before('clientSecret'),
        ...(scope === null ? {} : { scope }),
      };
    }
  }
}

/** What opens secrets. */
export interface Opening {
  readonly masterKey: MasterKey;
  /** Resolves `env:` and `file:` references. */
  read(reference: string, unfitness?: typeof secretProblem): string;
}
