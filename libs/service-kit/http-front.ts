import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerDocs, docsPrefixes } from './api-docs.js';
import { errnoOf } from './errno.js';
import { problemMediaType } from './problem.js';
import { CannotStart } from './run.js';
import type { RunningService } from './start-service.js';

/** What of a service the front needs. */
export type Served = Pick<RunningService, 'definition' | 'handler' | 'document' | 'ready'>;

/**
 * One HTTP server for one service or for several: the first path segment tells them apart; health and API documents
 * are merged. Nothing else is open without a token.
 * @param draining true once the process is told to stop: readiness says no, and connections end with their answer
 */
export function httpFront(
  services: readonly Served[],
  draining: () => boolean = () => false,
): (request: IncomingMessage, response: ServerResponse) => void {
  const byPrefix = new Map(services.map((service) => [service.definition.prefix, service]));
  return (request, response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    if (draining()) response.setHeader('Connection', 'close');
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const first = path.split('/')[1] ?? '';
    const service = byPrefix.get(first);
    if (service !== undefined) service.handler(request, response);
    else if (first === 'health' && isRead(request)) void answerHealth(path, services, draining, response);
    else if (docsPrefixes.includes(first) && isRead(request)) answerDocs(path, services, response);
    else answerNotFound(path, [...byPrefix.keys()], response);
  };
}

class CannotListen extends CannotStart {}

/** Listens, and resolves with the address once it does. @throws CannotListen naming what to mend */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  host: string,
  port: number,
): Promise<{ server: Server; url: string }> {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, (request, response) => {
    // Once nothing new is taken, a connection that is kept alive ends with the request under way.
    response.once('close', () => setImmediate(() => server.listening || server.closeIdleConnections()));
    handler(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const why = errnoOf(error) === 'EADDRINUSE' ? 'another process listens there' : (errnoOf(error) ?? String(error));
      reject(
        new CannotListen(`cannot listen on ${host}, port ${port} (${why}): give another HOST, PORT or METRICS_PORT`),
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}` };
}

/** Takes no new connections and lets requests under way end, at most `graceMs` long. */
export async function close(server: Server, graceMs = 10_000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

async function answerHealth(
  path: string,
  services: readonly Served[],
  draining: () => boolean,
  response: ServerResponse,
): Promise<void> {
  if (path === '/health/live') {
    json(response, 200, { ok: true });
    return;
  }
  if (path !== '/health/ready') {
    answerNotFound(path, [], response);
    return;
  }
  if (draining()) {
    json(response, 503, { ok: false, findings: ['it was told to stop, and takes no new work'] });
    return;
  }
  const states = await Promise.all(services.map((service) => service.ready()));
  const ok = states.every((state) => state.ok);
  json(response, ok ? 200 : 503, { ok, findings: states.flatMap(({ findings }) => findings) });
}

function answerNotFound(path: string, prefixes: readonly string[], response: ServerResponse): void {
  const detail =
    prefixes.length === 0
      ? 'there is no such route'
      : `there is no such route: routes begin with /${prefixes.join(', /')}, /health or /docs`;
  const type = 'urn:identity-hub:problem:not_found';
  const problem = {
    type,
    title: 'There is no such thing',
    status: 404,
    detail,
    code: 'not_found',
    instance: path,
    errors: [],
  };
  json(response, 404, problem, problemMediaType);
}

function json(response: ServerResponse, status: number, body: object, type = 'application/json'): void {
  response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(body));
}
