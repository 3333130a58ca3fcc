import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock } from '#libs/system/clock.js';
import { Brake } from '../brake/brake.exports.js';
import { CountImport } from './count-import.command.js';
import { CountedImports, type Uncounted } from './counted-imports.store.js';
import { ImportChunks } from './import-chunk.store.js';
import { ImportLoop } from './import-loop.process.js';

/**
 * Counts stored imports, beside those that are being applied. A crash loses a count, and the next process begins it
 * again; of two processes one count holds.
 */
@Injectable()
export class ImportCounts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: ImportLoop<Uncounted>;

  constructor(
    private readonly chunks: ImportChunks,
    private readonly imports: CountedImports,
    private readonly commands: CommandBus,
    private readonly brake: Brake,
    private readonly clock: Clock,
  ) {
    this.loop = new ImportLoop(chunks, {
      next: () => this.imports.nextUncounted(),
      handle: (uncounted) => this.commands.execute(new CountImport(uncounted)),
      nameOf: ({ id }) => id,
      giveUp: (uncounted) => this.giveUp(uncounted),
      idle: () => this.brake.forget(),
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.loop.stop();
  }

  private async giveUp({ id }: Uncounted): Promise<void> {
    const detail = 'the file could not be counted. Nothing of it is applied. The failure is logged.';
    await this.chunks.end(id, 'failed', detail, this.clock.now()).catch(() => false);
  }
}
