import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request that reached an application. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
}

/** Stands before an application, and records each request that comes in at its socket. */
export interface Recorder {
  /** The address that a connector is given. */
  readonly baseUrl: string;
  /** Requests that can change something, in order. */
  readonly writes: readonly Recorded[];
  stop(): Promise<void>;
}

/** @param baseUrl of the application itself */
export async function record(baseUrl: string): Promise<Recorder> {
  const writes: Recorded[] = [];
  const { hostname, port, pathname } = new URL(baseUrl);
  const passOn = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    if (method !== 'GET') writes.push({ method, path });
    const passed = forward({ hostname, port, method, path, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    incoming.pipe(passed);
  };
  const server = createServer(passOn);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${own}${pathname}`,
    writes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
