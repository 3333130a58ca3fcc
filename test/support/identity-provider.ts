import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

/** An OpenID provider by other people, certified by the OpenID Foundation (npm oidc-provider), on this machine. */
export interface IdentityProvider {
  readonly issuer: string;
  /** An access token of a program: a JWT for the hub's audience, with these roles. */
  programToken(...roles: string[]): Promise<string>;
  /** An access token of a person who signed in by browser, with the authorization code flow and PKCE. */
  personToken(subject: string, ...roles: string[]): Promise<string>;
  /** Signs with a new key from now on; `keep` says whether tokens of the former one can still be checked. */
  rotate(keep: boolean): Promise<void>;
  /** Does not answer any more, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export const audience = 'identity-hub';
/** How clients name the hub's API to the provider (RFC 8707). */
const resource = 'https://identity-hub.example';
const redirect = 'http://127.0.0.1:1/callback';

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let keys: JWK[] = [await newKey()];
  let rolesOf: readonly string[] = [];
  let server: Server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;

  const up = async (): Promise<void> => {
    await close(server);
    server = createServer(providerOf(issuer, keys, () => rolesOf).callback());
    await listen(server, port);
  };
  await up();

  const token = async (parameters: Record<string, string>): Promise<string> => {
    const ask = (): Promise<Response> =>
      fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('hub-test:hub-test-secret').toString('base64')}` },
        body: new URLSearchParams({ ...parameters, resource }),
      });
    // A connection that was kept may be one to the provider before its restart.
    const response = await ask().catch(ask);
    const body = (await response.json()) as { access_token?: string };
    if (body.access_token === undefined)
      throw new Error(`the provider answered ${response.status}: ${JSON.stringify(body)}`);
    return body.access_token;
  };
  return {
    issuer,
    programToken: async (...roles) => {
      rolesOf = roles;
      return await token({ grant_type: 'client_credentials' });
    },
    personToken: async (subject, ...roles) => {
      rolesOf = roles;
      const { code, verifier } = await signIn(issuer, subject);
      return await token({ grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier });
    },
    rotate: async (keep) => {
      keys = [await newKey(), ...(keep ? keys : [])];
      await up();
    },
    down: () => close(server),
    up,
    stop: () => close(server),
  };
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' };
}

function providerOf(issuer: string, keys: readonly JWK[], roles: () => readonly string[]): Provider {
  return new Provider(issuer, {
    jwks: { keys: [...keys] },
    clients: [
      {
        client_id: 'hub-test',
        client_secret: 'hub-test-secret',
        redirect_uris: [redirect],
        grant_types: ['client_credentials', 'authorization_code'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'hub',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ hub: { roles: roles() } }),
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ['a test key'] },
  });
}

/** What a browser does: follows the redirects with cookies, and fills in the provider's two forms. */
async function signIn(issuer: string, subject: string): Promise<{ code: string; verifier: string }> {
  const verifier = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(verifier));
  const query = new URLSearchParams({
    client_id: 'hub-test',
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'openid hub',
    resource,
    code_challenge: Buffer.from(digest).toString('base64url'),
    code_challenge_method: 'S256',
  });
  const cookies = new Map<string, string>();
  let at = `${issuer}/auth?${query.toString()}`;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 20; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response: Response = await fetch(at, {
      method: form === null ? 'GET' : 'POST',
      headers: { cookie },
      redirect: 'manual',
      ...(form === null ? {} : { body: form }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (next !== null) {
      at = new URL(next, at).href;
      form = null;
      const code = at.startsWith(redirect) ? new URL(at).searchParams.get('code') : null;
      if (code !== null) return { code, verifier };
      if (at.startsWith(redirect)) throw new Error(`the provider refused: ${at}`);
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined) throw new Error(`no form at ${at}: ${response.status} ${page.slice(0, 300)}`);
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: subject, password: 'any' } : {}) });
  }
  throw new Error('the sign-in does not end');
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
}
