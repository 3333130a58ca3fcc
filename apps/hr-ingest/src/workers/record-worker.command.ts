import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { RecordWorkers, type StatedWorker, type WorkerOutcome } from './record-workers.command.js';

/** States one worker, at once. */
export class RecordWorker extends Command<WorkerOutcome> {
  /** @param check refuses, by throwing, the version the worker has before (0: none); called on every attempt */
  constructor(
    readonly stated: StatedWorker,
    readonly check: (version: number) => void = () => undefined,
  ) {
    super();
  }
}

@CommandHandler(RecordWorker)
export class RecordWorkerHandler implements ICommandHandler<RecordWorker> {
  constructor(
    private readonly store: EventStore,
    private readonly commands: CommandBus,
  ) {}

  async execute({ stated, check }: RecordWorker): Promise<WorkerOutcome> {
    return await decideAgainOnConflict(async () => {
      const work = this.store.work();
      const [outcome] = await this.commands.execute(new RecordWorkers([stated], work));
      if (outcome === undefined) throw new Error('one record has one outcome');
      if (outcome.result === 'rejected') return outcome;
      check(outcome.version - outcome.facts.length);
      await work.commit();
      crashPoint('hr.after-append');
      return outcome;
    });
  }
}
