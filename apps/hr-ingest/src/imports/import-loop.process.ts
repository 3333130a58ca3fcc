import { Logger } from '@nestjs/common';
import { ConcurrencyConflict, isOutage } from '#libs/event-store/conflict.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import type { ImportChunks } from './import-chunk.store.js';

/** Poll interval in milliseconds, in case a notification is lost. */
const pollMs = 5_000;
const retryMs = 500;
/** Number of failures of one piece after which the import fails. */
const maxFailures = 5;

export interface PieceWork<Piece> {
  /** The next piece; null if there is none now. */
  next(): Promise<Piece | null>;
  handle(piece: Piece): Promise<unknown>;
  /** The name of a piece, which is the same for each attempt. */
  nameOf(piece: Piece): string;
  /** Called when a piece has failed too often. */
  giveUp(piece: Piece): Promise<void>;
  /** Called when there is no piece. */
  idle?(): Promise<void>;
}

/**
 * Handles pieces of stored imports, one after the other, until the service stops. After a conflict or an outage a piece is
 * handled again; after other failures a few times.
 */
export class ImportLoop<Piece> {
  private readonly logger = new Logger('imports');
  private readonly stopping = new AbortController();
  private readonly pauses = new Wakeable(this.stopping.signal);
  private running: Promise<void> | undefined;
  private failing = { name: '', failures: 0 };

  constructor(
    private readonly chunks: ImportChunks,
    private readonly work: PieceWork<Piece>,
  ) {}

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  start(): void {
    const stopListening = this.chunks.onClosed(() => this.pauses.wake());
    this.running = this.loop().finally(stopListening);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.pauses.listen();
      let piece: Piece | null = null;
      try {
        piece = await this.work.next();
        if (piece === null) {
          await this.work.idle?.();
          await this.pauses.waitUnlessWoken(pollMs);
        } else {
          await this.work.handle(piece);
          this.failing = { name: '', failures: 0 };
        }
      } catch (error) {
        await this.retryLater(error, piece);
      }
    }
  }

  private async retryLater(error: unknown, piece: Piece | null): Promise<void> {
    if (piece === null || isOutage(error)) {
      await this.pauses.wait(retryMs);
      return;
    }
    const name = this.work.nameOf(piece);
    const failures = this.failing.name === name ? this.failing.failures + 1 : 1;
    this.failing = { name, failures };
    const conflict = error instanceof ConcurrencyConflict;
    if (!conflict) this.logger.error(error instanceof Error ? error : new Error(String(error)));
    if (conflict || failures < maxFailures)
      await this.pauses.wait(conflict ? Math.min(failures * 10, retryMs) : retryMs);
    else await this.work.giveUp(piece);
  }
}
