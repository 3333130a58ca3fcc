import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isOutage } from '#libs/event-store/conflict.js';
import { Clock } from '#libs/system/clock.js';
import { RequestProblem } from '#libs/problems/problem.js';
import type { Uncounted } from './counted-imports.store.js';
import { ImportChunks, keptRejections } from './import-chunk.store.js';
import { ImportPieces, inPieces } from './import-pieces.store.js';
import { ImportSettings } from './import.config.js';
import { CsvRows, NdjsonRows, type ImportRow } from './import-rows.input.js';

/** Rows stored by one statement. */
const rowsPerInsert = 1_000;

/**
 * Stores a body. A repeat with the same `id` changes nothing. Returns when everything is stored; it is applied
 * afterwards.
 */
export class ReceiveImport extends Command<string> {
  constructor(
    readonly format: 'csv' | 'ndjson',
    readonly about: Pick<Uncounted, 'mode' | 'population'>,
    readonly body: AsyncIterable<Uint8Array>,
    readonly actor: string,
    readonly id: string,
  ) {
    super();
  }
}

/**
 * An incomplete body is deleted, whether the client or this process stopped. A complete body whose answer was lost is found by its id.
 */
@CommandHandler(ReceiveImport)
export class ReceiveImportHandler implements ICommandHandler<ReceiveImport> {
  constructor(
    private readonly chunks: ImportChunks,
    private readonly pieces: ImportPieces,
    private readonly clock: Clock,
    private readonly settings: ImportSettings,
  ) {}

  async execute({ format, about, body, actor, id }: ReceiveImport): Promise<string> {
    if (await this.chunks.receivedBefore(id)) {
      for await (const piece of body) void piece;
      return id;
    }
    let opened = false;
    const tally = { chunks: 0, total: 0, unreadable: 0, rejected: 0 };
    const store = async (rows: readonly ImportRow[]): Promise<void> => {
      if (!opened) await this.chunks.open(id, { ...about, actor }, this.clock.now());
      opened = true;
      const kept = rows.filter((row) => 'fields' in row || ++tally.unreadable <= keptRejections);
      tally.rejected += rows.length - kept.length;
      tally.total += rows.length;
      if (tally.total > this.settings.maxRows) throw tooLarge(`${this.settings.maxRows} rows`);
      if (kept.length === 0) return;
      const pieces = inPieces(kept);
      await this.pieces.add(id, tally.chunks, pieces);
      tally.chunks += pieces.length;
    };
    const ending = new Ending();
    try {
      for await (const rows of inBatches(rowsOf(format, ending.watch(this.bounded(body))))) await store(rows);
      if (!opened) await store([]);
      await this.chunks.close(id, { ...tally, cut: !ending.isWhole() });
      return id;
    } catch (error) {
      // While the database cannot be reached this would only delay the answer. Abandoned bodies are deleted later.
      if (opened && !isOutage(error)) await this.chunks.discard(id);
      throw error;
    }
  }

  private async *bounded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > this.settings.maxBytes) throw tooLarge(`${this.settings.maxBytes} bytes`);
      yield piece;
    }
  }
}

const tooLarge = (most: string): RequestProblem =>
  new RequestProblem(413, 'import.too_large', `the file is larger than the limit (${most}): send it in parts`);

/** Whether a body ended with a line end. */
class Ending {
  private last: number | undefined;

  async *watch(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of body) {
      this.last = piece.at(-1) ?? this.last;
      yield piece;
    }
  }

  isWhole(): boolean {
    return this.last === lineEnd;
  }
}

const lineEnd = 0x0a;

async function* rowsOf(format: ReceiveImport['format'], body: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow[]> {
  // Bytes that are not UTF-8 become U+FFFD, and the row with them is rejected. A byte order mark is skipped.
  const decoder = new TextDecoder();
  const reader = format === 'csv' ? new CsvRows() : new NdjsonRows();
  for await (const piece of unbroken(body)) yield reader.push(decoder.decode(piece, { stream: true }));
  yield reader.push(decoder.decode());
  yield reader.end();
}

/** A client that disconnects is not an outage, although the error looks like one. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw error instanceof RequestProblem ? error : new RequestProblem(400, 'bad_request', 'the body is incomplete');
  }
}

async function* inBatches(pieces: AsyncIterable<ImportRow[]>): AsyncGenerator<ImportRow[]> {
  const size = rowsPerInsert;
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
