import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientLimits } from './client-limits.js';
import { problemOf } from './problem-document.js';
import { problemMediaType, RequestProblem } from '#libs/problems/problem.js';

/**
 * Ends a request whose body comes too slowly: 408, and the connection is closed. Bytes that arrived and are not read
 * yet count as received.
 */
export function endSlowBodies(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyMs, bodyBytesPerSecond }: Pick<ClientLimits, 'bodyMs' | 'bodyBytesPerSecond'>,
): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (request.complete || (encoding === undefined && length === '0')) return;
  const wanted = (bodyBytesPerSecond * bodyMs) / 1_000;
  let before = request.socket.bytesRead;
  const timer = setInterval(() => {
    const read = request.socket.bytesRead;
    const slow = !request.complete && read - before < wanted && request.readableLength === 0;
    before = read;
    if (slow) end(request, response, bodyBytesPerSecond);
  }, bodyMs).unref();
  const stopTimer = (): void => clearInterval(timer);
  request.once('end', stopTimer).once('close', stopTimer);
}

function end(request: IncomingMessage, response: ServerResponse, bytesPerSecond: number): void {
  if (response.headersSent) {
    request.socket.destroy();
    return;
  }
  const refusal = new RequestProblem(
    408,
    'request_timeout',
    `the body came more slowly than ${bytesPerSecond} bytes a second: send it again`,
  );
  const { problem } = problemOf(refusal, (request.url ?? '').split('?')[0] ?? '');
  response.writeHead(problem.status, { 'Content-Type': problemMediaType, Connection: 'close' });
  response.end(JSON.stringify(problem), () => request.socket.destroySoon());
}
