import type { IncomingMessage } from 'node:http';
import { RequestProblem } from '#libs/problems/problem.js';

/** Largest file in bytes that a route reads whole, where it does not say another size. */
const usualBytes = 4 * 1024 * 1024;

/**
 * The text of a small CSV file that a request sends as its body.
 * @throws RequestProblem for another type, for more bytes, for a body that breaks off, and for what is no UTF-8
 */
export async function csvBodyOf(request: IncomingMessage, maximumBytes = usualBytes): Promise<string> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const isCsv = /^text\/csv\s*(;|$)/i.test(type) && !/charset\s*=\s*(?!"?utf-?8)/i.test(type);
  if (!isCsv || encoding !== 'identity')
    throw new RequestProblem(415, 'unsupported_media_type', 'send the body as text/csv in UTF-8, not compressed');
  const body = await bytesOf(request, maximumBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new RequestProblem(400, 'bad_request', 'the file is not text in UTF-8: save it so');
  }
}

async function bytesOf(request: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of request as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > maximumBytes)
        throw new RequestProblem(413, 'too_large', `a file may have at most ${maximumBytes} bytes: send it in parts`);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof RequestProblem ? error : new RequestProblem(400, 'bad_request', 'the body is incomplete');
  }
  return Buffer.concat(pieces);
}
