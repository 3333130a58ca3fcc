import { Agent, request, type ServerResponse } from 'node:http';
import { close, listen } from './http-front.js';

describe('the HTTP server', () => {
  it('stops as soon as the requests under way are answered, whoever keeps connections open', async () => {
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
