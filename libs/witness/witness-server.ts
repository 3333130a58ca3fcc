import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parseAddCheckpoint, type AddCheckpoint, type WitnessVerdict } from '#libs/merkle-log/add-checkpoint.js';
import { cosign } from '#libs/merkle-log/cosignature.js';
import { bodyOf, parseVkey, type NoteSigner, type NoteVerifier } from '#libs/merkle-log/note.js';
import { CheckpointFiles } from './checkpoint-files.js';
import { FirstKey, logKeyHeader } from './first-key.js';

/** Largest request, in bytes: 63 lines of proof and a note are far below it. */
const largestBody = 64 * 1_024;

export interface WitnessOptions {
  readonly dir: string;
  readonly signer: NoteSigner;
  readonly vkey: string;
  /** Files with verifier keys of logs; `first` takes the key that a log sends with its first checkpoint, and keeps it. */
  readonly logs: readonly string[] | 'first';
  readonly nowMs: () => number;
}

/** A C2SP tlog-witness: `POST /add-checkpoint`; beside that `GET /vkey` and `GET /health/(live|ready)`. */
export function witnessServer(options: WitnessOptions): Server {
  const kept = new FirstKey(options.dir);
  const { logs } = options;
  const files = new CheckpointFiles(options.dir, (origin) =>
    logs === 'first' ? kept.keyOf(origin) : keyOf(logs, origin),
  );
  return createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const served = async (): Promise<void> => {
      if (logs === 'first') kept.offer(request.headers[logKeyHeader]);
      await answer(request, response, files, options);
    };
    void served().catch(() => send(response, 500, 'the witness failed\n'));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: CheckpointFiles,
  options: WitnessOptions,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  if (path === '/add-checkpoint') {
    if (request.method === 'POST') await addCheckpoint(request, response, files, options);
    else send(response, 405, 'use POST\n', { Allow: 'POST' });
    return;
  }
  if (path === '/vkey') send(response, 200, `${options.vkey}\n`);
  else if (path === '/health/ready' || path === '/health/live') send(response, 200, 'ok\n');
  else send(response, 404, 'there is no such route\n');
}

async function addCheckpoint(
  request: IncomingMessage,
  response: ServerResponse,
  files: CheckpointFiles,
  { signer, nowMs }: WitnessOptions,
): Promise<void> {
  const body = await textOf(request);
  let asked: AddCheckpoint;
  try {
    if (body === null) throw new Error(`the body is larger than ${largestBody} bytes`);
    asked = parseAddCheckpoint(body);
  } catch (error) {
    send(response, 400, `${error instanceof Error ? error.message : String(error)}\n`);
    return;
  }
  const verdict = files.add(asked);
  if (verdict.is === 'taken') send(response, 200, cosign(bodyOf(asked.note), Math.floor(nowMs() / 1_000), signer));
  else if (verdict.is === 'conflict') send(response, 409, `${verdict.size}\n`, { 'Content-Type': 'text/x.tlog.size' });
  else send(response, statuses[verdict.is], `${verdict.why}\n`);
}

const statuses: Readonly<Record<Exclude<WitnessVerdict['is'], 'taken' | 'conflict'>, number>> = {
  malformed: 400,
  untrusted: 403,
  'unknown-log': 404,
  inconsistent: 422,
};

/** The key among those in the files whose name is the origin. A file that is not there yet is no key. */
function keyOf(paths: readonly string[], origin: string): NoteVerifier | null {
  for (const path of paths) {
    try {
      const key = parseVkey(readFileSync(path, 'utf8'));
      if (key.name === origin) return key;
    } catch {
      continue;
    }
  }
  return null;
}

async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(text);
}
