import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { AddressGuard } from './address-guard.js';
import { CallFailure } from './failure.js';
import { HttpExchange } from './http-exchange.js';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

describe('calls through an egress proxy', () => {
  const asked: string[] = [];
  let refuses = false;
  let served = 0;
  const application = createServer((_, response) => {
    served += 1;
    response.end('{"ok":true}');
  });
  const proxy = createServer();
  let exchange: HttpExchange;
  let proxyPort = 0;
  let applicationPort = 0;

  beforeAll(async () => {
    applicationPort = await listening(application);
    proxyPort = await listening(proxy);
    proxy.on('connect', (request, client) => {
      asked.push(request.url ?? '');
      if (refuses) {
        client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      const target = connect(applicationPort, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        client.pipe(target).pipe(client);
      });
    });
  });
  beforeEach(() => {
    const guard = new AddressGuard([], false, `http://127.0.0.1:${proxyPort}`);
    exchange = new HttpExchange(new URL('http://application.invalid/scim'), guard, 2);
  });
  afterEach(() => exchange.destroy());
  afterAll(() => {
    for (const server of [application, proxy]) {
      server.close();
      server.closeAllConnections();
    }
  });

  const post = { method: 'POST', path: '/scim/Users', headers: {}, body: '{}' } as const;

  it('reach the application by the name that only the proxy knows', async () => {
    expect(await exchange.send(post)).toMatchObject({ status: 200, text: '{"ok":true}' });
    // A slow machine may open the connection twice: an idle one is closed after a time, before anything was sent on it.
    expect(new Set(asked)).toEqual(new Set(['application.invalid:80']));
    expect(served).toBe(1);
  });

  it('that the proxy refuses were not sent: nothing can have been done', async () => {
    refuses = true;
    const before = served;
    const refused = await exchange.send(post).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CallFailure);
    expect(refused).toMatchObject({ terms: { code: 'unreachable', effectUnknown: false } });
    expect(served).toBe(before);
    refuses = false;
  });

  it('to an address that connectors may not call are refused before the proxy is asked', () => {
    const guard = new AddressGuard([], false, `http://127.0.0.1:${proxyPort}`);
    expect(() => new HttpExchange(new URL('http://169.254.169.254/'), guard, 1)).toThrow('169.254.169.254');
  });
});
