import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errnoOf } from '#libs/system/errno.js';
import { ConnectionBound } from './connection-bound.js';
import type { ClientLimits } from './client-limits.js';
import { endSlowBodies } from './slow-bodies.js';
import { CannotStart } from '../service/cannot-start.js';

export const clientLimits: ClientLimits = {
  headersMs: 10_000,
  bodyMs: 15_000,
  bodyBytesPerSecond: 100,
  // Longer than the minute after which load balancers give up a connection.
  idleMs: 65_000,
  silenceMs: 120_000,
  connectionsPerAddress: 256,
};

class CannotListen extends CannotStart {}

/** Listens, and resolves with the address once it does. @throws CannotListen naming the setting to change */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  host: string,
  port: number,
  limits: ClientLimits = clientLimits,
): Promise<{ server: Server; url: string }> {
  const { headersMs, idleMs, silenceMs } = limits;
  const options = {
    // Of the whole request: bodies are bound by their rate instead, since an import may take long.
    requestTimeout: 0,
    headersTimeout: headersMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(headersMs / 2, 5_000),
  };
  const bound = new ConnectionBound(limits.connectionsPerAddress);
  const server = createServer(options, (request, response) => {
    bound.follow(request, response);
    endSlowBodies(request, response, limits);
    // Once nothing new is taken, a connection that is kept alive ends with the request under way.
    response.once('close', () => setImmediate(() => server.listening || server.closeIdleConnections()));
    handler(request, response);
  });
  server.setTimeout(silenceMs);
  server.on('connection', (socket) => bound.admit(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const why = errnoOf(error) === 'EADDRINUSE' ? 'another process listens there' : (errnoOf(error) ?? String(error));
      reject(
        new CannotListen(`cannot listen on ${host}, port ${port} (${why}): give another HOST, PORT or METRICS_PORT`),
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: given } = server.address() as AddressInfo;
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${given}` };
}

/** Takes no new connections and lets requests under way end, at most `graceMs` long. */
export async function close(server: Server, graceMs = 10_000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
