import type { IncomingMessage } from 'node:http';
import { InvalidInput, RequestProblem } from '#libs/problems/problem.js';
import { csvColumns } from './observed-accounts.query.js';
import { type OwnershipFile, readOwnershipFile } from './ownership-file.js';

/** Largest file: about 100,000 decisions. */
const mostBytes = 20 * 1024 * 1024;

/** Reads a file of decisions from a request. @throws RequestProblem for what is no such file, or decides an account twice */
export async function ownershipFileOf(request: IncomingMessage): Promise<OwnershipFile> {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const isUtf8 = parameters.every((one) => !/charset=(?!"?utf-8)/.test(one.replaceAll(' ', '')));
  if (type.trim() !== 'text/csv' || !isUtf8 || (request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new RequestProblem(415, 'unsupported_media_type', 'send the file as text/csv in UTF-8, not compressed');
  const file = readOwnershipFile(await textOf(request), csvColumns);
  if (typeof file === 'string') throw new InvalidInput([{ pointer: '', detail: file }]);
  if (file.twice.length > 0)
    throw new InvalidInput(
      file.twice.map(({ line, column, detail }) => ({ pointer: `/${line}/${column ?? ''}`, detail })),
    );
  return file;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes)
        throw new RequestProblem(413, 'too_large', `a file may have at most ${mostBytes} bytes: send it in parts`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof RequestProblem ? error : new RequestProblem(400, 'bad_request', 'the body is incomplete');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new InvalidInput([{ pointer: '', detail: 'is not UTF-8: save it as UTF-8' }]);
  }
}
