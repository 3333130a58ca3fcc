import { createServer, type Server } from 'node:http';
import { AddressGuard } from './address-guard.js';
import { AuthorizedExchange } from './authorized-exchange.js';
import type { ApplicationAuth } from './credentials.js';

describe('a secret that is exchanged', () => {
  let server: Server;
  let accepted: string;
  let calls: string[];
  /** Which secret counted, for each answer that accepted it. */
  let counted: string[];
  let exchange: AuthorizedExchange;

  beforeEach(async () => {
    calls = [];
    counted = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        if (request.url === '/token') {
          const isRight = new URLSearchParams(body).get('client_secret') === accepted;
          response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' });
          return void response.end(isRight ? '{"access_token":"issued","expires_in":3600}' : '{}');
        }
        calls.push(request.headers.authorization ?? '');
        const isRight = [`Bearer ${accepted}`, 'Bearer issued'].includes(request.headers.authorization ?? '');
        response.writeHead(isRight ? 200 : 401).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(async () => {
    await exchange.destroy();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const asking = (auth: (base: string) => ApplicationAuth): (() => Promise<number>) => {
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const guard = new AddressGuard([], true);
    exchange = new AuthorizedExchange({
      baseUrl,
      auth: auth(baseUrl),
      guard,
      connections: 1,
      nowMs: () => 0,
      onAccepted: (secret) => counted.push(secret),
    });
    return async () => (await exchange.answer({ method: 'GET', path: '/Users', headers: {} })).status;
  };

  it('leaves no gap: the former one counts until the application takes the new one, and then the new one', async () => {
    accepted = 'former-token';
    const status = asking(() => ({ type: 'bearer', token: () => 'new-token', former: () => 'former-token' }));
    expect(await status()).toBe(200);
    expect(calls).toEqual(['Bearer new-token', 'Bearer former-token']);
    expect(await status()).toBe(200);
    accepted = 'new-token';
    expect(await status()).toBe(200);
    expect(await status()).toBe(200);
    expect(calls.slice(2)).toEqual([
      'Bearer former-token',
      'Bearer former-token',
      'Bearer new-token',
      'Bearer new-token',
    ]);
    expect(counted).toEqual(['former', 'former', 'current', 'current']);
  });

  it('counts at the endpoint of tokens, too', async () => {
    accepted = 'former-secret';
    const status = asking((base) => ({
      type: 'oauth2-client-credentials',
      tokenUrl: `${base}/token`,
      clientId: 'hub',
      clientSecret: () => 'new-secret',
      former: () => 'former-secret',
    }));
    expect(await status()).toBe(200);
    expect(counted).toEqual(['former']);
  });

  it('is refused where neither counts', async () => {
    accepted = 'of-somebody-else';
    const status = asking(() => ({ type: 'bearer', token: () => 'new-token', former: () => 'former-token' }));
    expect(await status()).toBe(401);
    expect(counted).toEqual([]);
  });
});
