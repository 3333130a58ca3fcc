import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { root } from '../../test/support/processes.js';
import { AddressGuard, AddressRefused } from './address-guard.js';
import { AuthorizedExchange, type ApplicationAccess } from './authorized-exchange.js';
import type { ApplicationAuth } from './credentials.js';
import { CallFailure } from './failure.js';

const pem = (name: string): string => readFileSync(join(root, 'test/targets/tls', name), 'utf8');
const guard = new AddressGuard([], true);
const bearer = { type: 'bearer', token: () => 'token' } as const;
const opened: AuthorizedExchange[] = [];

/** Who a server says that the caller is. */
async function asked(port: number, more: Partial<ApplicationAccess>): Promise<string> {
  const access = { baseUrl: `https://127.0.0.1:${port}`, auth: bearer, guard, connections: 2, nowMs: () => 0, ...more };
  const exchange = new AuthorizedExchange(access);
  opened.push(exchange);
  return (await exchange.answer({ method: 'GET', path: '/', headers: {} })).text;
}

const failure = (call: Promise<unknown>): Promise<CallFailure['terms']> =>
  call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => {
      if (error instanceof CallFailure) return error.terms;
      throw error;
    },
  );

function listening(server: Server): Promise<number> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

describe('calls to a host behind a private authority', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    const identity = { cert: pem('server.pem'), key: pem('server.key') };
    const options = { ...identity, ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: false };
    server = createTlsServer(options, (request: IncomingMessage, response) => {
      const { socket } = request;
      const known =
        socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject.CN : 'stranger';
      response.end(`hello ${String(known)}`);
    });
    port = await listening(server);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.destroy()));
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  it('are refused unless the connector names the authority, and nothing counts as sent', async () => {
    const write = new AuthorizedExchange({
      baseUrl: `https://127.0.0.1:${port}`,
      auth: bearer,
      guard,
      connections: 1,
      nowMs: () => 0,
    });
    opened.push(write);
    expect(await failure(write.answer({ method: 'POST', path: '/', headers: {}, body: '{}' }))).toMatchObject({
      code: 'unreachable',
      effectUnknown: false,
    });
    expect(await asked(port, { egress: { ca: () => pem('ca.pem') } })).toBe('hello stranger');
  });

  it('prove with a client certificate who calls, with a new one from the next connection on', async () => {
    let name = 'former';
    const auth: ApplicationAuth = {
      type: 'mtls',
      cert: () => pem(`${name}.pem`),
      key: () => pem(`${name}.key`),
    };
    const exchange = new AuthorizedExchange({
      baseUrl: `https://127.0.0.1:${port}`,
      auth,
      guard,
      connections: 1,
      nowMs: () => 0,
      egress: { ca: () => pem('ca.pem') },
    });
    opened.push(exchange);
    const ask = async (): Promise<string> =>
      (await exchange.answer({ method: 'GET', path: '/', headers: { connection: 'close' } })).text;
    expect(await ask()).toBe('hello former');
    name = 'client';
    expect(await ask()).toBe('hello client');
  });

  it('are not made without the certificate', async () => {
    const missing = (): never => {
      throw new Error('file:client.pem leads nowhere');
    };
    const auth: ApplicationAuth = { type: 'mtls', cert: missing, key: missing };
    expect(await failure(asked(port, { auth, egress: { ca: () => pem('ca.pem') } }))).toMatchObject({
      code: 'unreachable',
      effectUnknown: false,
      detail: 'ERR_TLS_CERTIFICATE_MISSING',
    });
  });

  it('go through the proxy that the connector names, which must be an allowed address, too', async () => {
    const dialled: string[] = [];
    const sockets: Socket[] = [];
    const proxy = createServer();
    proxy.on('connect', (request: IncomingMessage, client: Socket) => {
      dialled.push(request.url ?? '');
      const upstream = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      sockets.push(upstream, client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
    const at = await listening(proxy);
    const egress = { ca: () => pem('ca.pem'), proxy: `http://127.0.0.1:${at}` };
    expect(await asked(port, { egress })).toBe('hello stranger');
    expect(dialled).toEqual([`127.0.0.1:${port}`]);
    const strict = new AddressGuard([], false);
    const elsewhere = { baseUrl: 'https://wiki.example', guard: strict, egress };
    await expect(asked(port, elsewhere)).rejects.toThrow(AddressRefused);
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => proxy.close(done));
  });

  it('count as not sent where the proxy does not connect', async () => {
    const proxy = createServer();
    proxy.on('connect', (_: IncomingMessage, client: Socket) => {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    const egress = { proxy: `http://127.0.0.1:${await listening(proxy)}` };
    expect(await failure(asked(port, { egress }))).toMatchObject({ code: 'unreachable', effectUnknown: false });
    proxy.closeAllConnections();
    await new Promise((done) => proxy.close(done));
  });
});
