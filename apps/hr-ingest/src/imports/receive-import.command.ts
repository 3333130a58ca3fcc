import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isOutage } from '#libs/event-store/conflict.js';
import { Clock } from '#libs/service-kit/clock.js';
import { RequestProblem } from '#libs/service-kit/problem.js';
import { ImportChunks } from './import-chunk.store.js';
import { CsvRows, NdjsonRows, type ImportRow } from './import-rows.js';

/** Rows of one piece: what one transaction applies. Small, so that a single record never waits long behind it. */
const rowsPerChunk = 100;
/** Pieces stored by one statement. */
const chunksPerInsert = 10;

/** Takes a body in, once under `id`, and answers with that once all of it is stored. It is applied afterwards. */
export class ReceiveImport extends Command<string> {
  constructor(
    readonly format: 'csv' | 'ndjson',
    readonly mode: 'delta',
    readonly body: AsyncIterable<Uint8Array>,
    readonly actor: string,
    readonly id: string,
  ) {
    super();
  }
}

/**
 * Stops here: a body that breaks off leaves nothing, whether the client or this process went away. One that was received
 * whole, whose answer nobody got, is known by its id.
 */
@CommandHandler(ReceiveImport)
export class ReceiveImportHandler implements ICommandHandler<ReceiveImport> {
  constructor(
    private readonly chunks: ImportChunks,
    private readonly clock: Clock,
  ) {}

  async execute({ format, mode, body, actor, id }: ReceiveImport): Promise<string> {
    if (await this.chunks.receivedBefore(id)) {
      for await (const piece of body) void piece;
      return id;
    }
    let opened = false;
    let stored = 0;
    let total = 0;
    const store = async (rows: readonly ImportRow[]): Promise<void> => {
      if (!opened) await this.chunks.open(id, mode, actor, this.clock.now());
      opened = true;
      if (rows.length === 0) return;
      const pieces = inPieces(rows);
      await this.chunks.add(id, stored, pieces);
      stored += pieces.length;
      total += rows.length;
    };
    try {
      for await (const rows of inBatches(rowsOf(format, body))) await store(rows);
      if (!opened) await store([]);
      await this.chunks.close(id, stored, total, this.clock.now());
      return id;
    } catch (error) {
      // While the database is away that would only hold up the answer; what lies around abandoned goes by itself.
      if (opened && !isOutage(error)) await this.chunks.discard(id);
      throw error;
    }
  }
}

async function* rowsOf(format: ReceiveImport['format'], body: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow[]> {
  // Bytes that are no UTF-8 become U+FFFD, for which the row that holds them is rejected. A byte order mark is skipped.
  const decoder = new TextDecoder();
  const reader = format === 'csv' ? new CsvRows() : new NdjsonRows();
  for await (const piece of unbroken(body)) yield reader.push(decoder.decode(piece, { stream: true }));
  yield reader.push(decoder.decode());
  yield reader.end();
}

/** That a client goes away is no outage, though its error looks like one. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new RequestProblem(400, 'bad_request', 'the body broke off');
  }
}

async function* inBatches(pieces: AsyncIterable<ImportRow[]>): AsyncGenerator<ImportRow[]> {
  const size = rowsPerChunk * chunksPerInsert;
  let gathered: ImportRow[] = [];
  for await (const rows of pieces) {
    gathered = gathered.concat(rows);
    while (gathered.length >= size) {
      yield gathered.slice(0, size);
      gathered = gathered.slice(size);
    }
  }
  if (gathered.length > 0) yield gathered;
}

function inPieces(rows: readonly ImportRow[]): ImportRow[][] {
  const pieces: ImportRow[][] = [];
  for (let from = 0; from < rows.length; from += rowsPerChunk) pieces.push(rows.slice(from, from + rowsPerChunk));
  return pieces;
}
