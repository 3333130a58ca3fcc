import { Agent, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { eventually } from '../../../test/support/eventually.js';
import { clientLimits, close, listen } from './http-server.js';

describe('the HTTP server', () => {
  it('stops as soon as the requests under way are answered, also while clients keep connections open', async () => {
    let answer: (response: ServerResponse) => void = () => undefined;
    const arrived = new Promise<ServerResponse>((resolve) => (answer = resolve));
    const { server, url } = await listen((_, response) => answer(response), '127.0.0.1', 0);
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      request(url, { agent }, (response) => response.resume().on('end', () => resolve(response.statusCode)))
        .on('error', reject)
        .end();
    });
    const response = await arrived;
    const closed = close(server, 60_000);
    response.end('done');
    expect(await answered).toBe(200);
    await closed;
    agent.destroy();
  });

  it('says which port is taken', async () => {
    const { server, url } = await listen((_, response) => response.end(), '127.0.0.1', 0);
    const port = Number(new URL(url).port);
    await expect(listen(() => undefined, '127.0.0.1', port)).rejects.toThrow(
      `cannot listen on 127.0.0.1, port ${port} (another process listens there): give another HOST, PORT or METRICS_PORT`,
    );
    await close(server, 100);
  });
});

describe('clients that hold connections', () => {
  const limits = {
    ...clientLimits,
    headersMs: 300,
    bodyMs: 300,
    idleMs: 300,
    silenceMs: 1_500,
    connectionsPerAddress: 3,
  };
  const echo: Parameters<typeof listen>[0] = (request, response) => {
    void text(request).then(
      (body) => response.end(body),
      () => undefined,
    );
  };
  let server: Awaited<ReturnType<typeof listen>>;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = await listen(echo, '127.0.0.1', 0, limits);
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => close(server.server, 100));

  /** Sends these bytes and resolves with all that comes until the connection ends. */
  function send(bytes: string, url = server.url): { socket: Socket; ended: Promise<string> } {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    sockets.push(socket);
    socket.write(bytes);
    const ended = new Promise<string>((resolve) => {
      let all = '';
      socket
        .on('data', (part) => (all += String(part)))
        .on('close', () => resolve(all))
        .on('error', () => undefined);
    });
    return { socket, ended };
  }

  it('end when headers, or a first byte, do not come in time', async () => {
    expect(await send('GET / HTTP/1.1\r\nHost: x\r\n').ended).toContain('408');
    await send('').ended;
  });

  it('end with 408 when a body comes too slowly, and are told why', async () => {
    const answer = await send('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf').ended;
    expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*request_timeout/);
  });

  it('end when they are kept without a request, or take no part of an answer', async () => {
    expect(await send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').ended).toMatch(/^HTTP\/1.1 200 /);
  });

  it('of one address are bounded: half-sent requests make room for whole ones', async () => {
    const patient = await listen(echo, '127.0.0.1', 0, { ...clientLimits, connectionsPerAddress: 3 });
    const half = [1, 2, 3].map(() =>
      send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n' + 'x'.repeat(500), patient.url),
    );
    const open = promisify(patient.server.getConnections.bind(patient.server));
    await eventually(async () => (await open()) === 3);
    const whole = send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', patient.url);
    expect(await whole.ended).toMatch(/^HTTP\/1.1 200 /);
    expect(await half[0]?.ended).toBe('');
    await close(patient.server, 100);
  });
});
