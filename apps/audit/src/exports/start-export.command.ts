import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Checkpoints, KnownNames } from '../log/log.exports.js';
import { ExportJobs, type ExportScope } from './export-job.store.js';

/**
 * Requests an evidence pack of everything that the log holds now. A repeat with the same `id` changes nothing. Returns
 * the id of the job.
 */
export class StartExport extends Command<string> {
  constructor(
    readonly scope: ExportScope,
    readonly actor: string,
    readonly id: string,
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
    private readonly names: KnownNames,
  ) {}

  async execute(command: StartExport): Promise<string> {
    return await decideAgainOnConflict(() => this.once(command));
  }

  private async once({ scope, actor, id }: StartExport): Promise<string> {
    if ((await this.jobs.get([id])).length > 0) return id;
    await this.names.require({ [scope.kind]: scope.id });
    const { size } = await this.checkpoints.current();
    const now = this.clock.now();
    const work = this.store.work();
    this.jobs.add(work, { id, scope, size, requestedBy: actor, requestedAt: now });
    this.timers.at(work, { kind: exportTimer, key: id, dueAt: now, payload: {} });
    await work.commit();
    return id;
  }
}
