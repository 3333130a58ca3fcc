import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ConcurrencyConflict, isOutage } from '#libs/event-store/conflict.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import { Clock } from '#libs/system/clock.js';
import { Brake } from '../brake/brake.exports.js';
import { CountImport } from './count-import.command.js';
import { ImportChunks, type Uncounted } from './import-chunk.store.js';

/** Poll interval in milliseconds, in case a notification is lost. */
const pollMs = 5_000;
const retryMs = 500;
/** Failures of one count by itself, before the import fails. */
const maxFailures = 5;

/**
 * Counts stored imports, beside those that are being applied. A crash loses a count, and the next process begins it
 * again; of two processes one count holds.
 */
@Injectable()
export class ImportCounts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('imports');
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly pauses = new Wakeable(this.stopping.signal);
  private failing = { id: '', failures: 0 };

  constructor(
    private readonly chunks: ImportChunks,
    private readonly commands: CommandBus,
    private readonly brake: Brake,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const stopListening = this.chunks.onClosed(() => this.pauses.wake());
    this.running = this.loop().finally(stopListening);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.pauses.listen();
      let uncounted: Uncounted | null = null;
      try {
        uncounted = await this.chunks.nextUncounted();
        if (uncounted !== null) await this.commands.execute(new CountImport(uncounted));
        else {
          await this.brake.forget();
          await this.pauses.waitUnlessWoken(pollMs);
        }
      } catch (error) {
        await this.retryLater(error, uncounted);
      }
    }
  }

  private async retryLater(error: unknown, uncounted: Uncounted | null): Promise<void> {
    if (uncounted !== null && !isOutage(error) && !(error instanceof ConcurrencyConflict)) {
      this.logger.error(error instanceof Error ? error : new Error(String(error)));
      const failures = this.failing.id === uncounted.id ? this.failing.failures + 1 : 1;
      this.failing = { id: uncounted.id, failures };
      if (failures >= maxFailures) {
        const detail = 'the file could not be counted. Nothing of it is applied. The failure is logged.';
        await this.chunks.end(uncounted.id, 'failed', detail, this.clock.now()).catch(() => false);
      }
    }
    await this.pauses.wait(retryMs);
  }
}
