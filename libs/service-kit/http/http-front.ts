import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerDocs, isDocument } from './api-docs.js';
import { problemOf } from './problem-document.js';
import type { RequestLimits } from '#libs/auth/request-limits.js';
import { tracedRequest } from '#libs/system/traceparent.js';
import { signInPath, type SignInPage } from './sign-in-page.js';
import { methodNotAllowed, problemMediaType, RequestProblem } from '#libs/problems/problem.js';
import type { RunningService } from '../service/start-service.js';

/** What of a service the front needs. */
export type Served = Pick<RunningService, 'definition' | 'handler' | 'document' | 'ready'>;

const reads = ['GET', 'HEAD'];

/** On every answer: a browser shows none of it in a frame, runs none of it, and tells nobody where it came from. */
const protection = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', 'max-age=31536000'],
] as const;

/**
 * One HTTP handler for one or several services: the first path segment selects the service; health and API documents
 * are merged. Nothing else is open without a token.
 * @param draining true after the process got the signal to stop: readiness says no, and connections end with their
 * answer
 * @param limits of addresses, for all that no service answers but health
 * @param signIn the page of sign-in links, where the hub issues tokens itself
 */
export function httpFront(
  services: readonly Served[],
  draining: () => boolean = () => false,
  limits: RequestLimits | null = null,
  signIn: SignInPage | null = null,
): (request: IncomingMessage, response: ServerResponse) => void {
  const byPrefix = new Map(services.map((service) => [service.definition.prefix, service]));
  return (request, response) => {
    for (const [name, value] of protection) response.setHeader(name, value);
    if (draining()) response.setHeader('Connection', 'close');
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const service = byPrefix.get(path.split('/')[1] ?? '');
    if (service !== undefined) {
      tracedRequest(() => service.handler(request, response));
      return;
    }
    const answer = openRoutes(path, services, draining);
    const serve = async (): Promise<void> => {
      if (signIn !== null && path === signInPath) await signIn.answer(request, response);
      else if (answer === null) refuse(request, response, path, noRoute([...byPrefix.keys()]));
      else if (reads.includes(request.method ?? '')) answer(response);
      else refuse(request, response, path, methodNotAllowed(reads));
    };
    const counted = path.startsWith('/health/') ? null : limits;
    Promise.resolve(counted?.takeStranger(request))
      .then(serve)
      .catch((error: unknown) => refuse(request, response, path, error));
  };
}

/** What answers a path that no service has; null for one that there is not. */
function openRoutes(
  path: string,
  services: readonly Served[],
  draining: () => boolean,
): ((response: ServerResponse) => void) | null {
  if (path === '/health/live') return (response) => json(response, 200, { ok: true });
  if (path === '/health/ready') return (response) => void answerReadiness(services, draining(), response);
  return isDocument(path) ? (response) => answerDocs(path, services, response) : null;
}

async function answerReadiness(
  services: readonly Served[],
  stopping: boolean,
  response: ServerResponse,
): Promise<void> {
  if (stopping) {
    json(response, 503, { ok: false, findings: ['it is stopping and accepts no new requests'] });
    return;
  }
  const states = await Promise.all(services.map((service) => service.ready()));
  const ok = states.every((state) => state.ok);
  json(response, ok ? 200 : 503, { ok, findings: states.flatMap(({ findings }) => findings) });
}

const noRoute = (prefixes: readonly string[]): RequestProblem =>
  new RequestProblem(
    404,
    'not_found',
    `there is no such route: routes begin with /${prefixes.join(', /')}, /health or /docs`,
  );

function refuse(request: IncomingMessage, response: ServerResponse, path: string, refusal: unknown): void {
  const { problem, headers } = problemOf(refusal, path);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // What is left of the body is not read: the next request of this connection would be lost with it.
  if (!request.complete) response.setHeader('Connection', 'close');
  json(response, problem.status, problem, problemMediaType);
}

function json(response: ServerResponse, status: number, body: object, type = 'application/json'): void {
  response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(body));
}
