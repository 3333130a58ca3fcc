import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '#libs/service-kit/clock.js';
import { ImportChunks } from './import-chunk.store.js';
import { ImportNotRunning } from './import.errors.js';

/** Stops an import where it stands. What was applied stays. */
export class CancelImport extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(CancelImport)
export class CancelImportHandler implements ICommandHandler<CancelImport> {
  constructor(
    private readonly chunks: ImportChunks,
    private readonly clock: Clock,
  ) {}

  async execute({ id }: CancelImport): Promise<void> {
    if (!(await this.chunks.end(id, 'cancelled', null, this.clock.now()))) throw new ImportNotRunning(id);
  }
}
