import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/service-kit/clock.js';
import { Timers } from '#libs/service-kit/timers.js';
import { Checkpoints } from '../log/checkpoints.js';
import { ExportJobs, type ExportScope } from './export-job.store.js';

/** Asks for an evidence pack over everything the log holds now; answers the job's id. */
export class StartExport extends Command<string> {
  constructor(
    readonly scope: ExportScope,
    readonly actor: string,
  ) {
    super();
  }
}

export const exportTimer = 'audit.export';

@CommandHandler(StartExport)
export class StartExportHandler implements ICommandHandler<StartExport> {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly clock: Clock,
    private readonly checkpoints: Checkpoints,
    private readonly jobs: ExportJobs,
  ) {}

  async execute({ scope, actor }: StartExport): Promise<string> {
    const { size } = await this.checkpoints.current();
    const id = uuidv7();
    const now = this.clock.now();
    const work = this.store.work();
    this.jobs.add(work, { id, scope, size, requestedBy: actor, requestedAt: now });
    this.timers.at(work, { kind: exportTimer, key: id, dueAt: now, payload: {} });
    await work.commit();
    return id;
  }
}
