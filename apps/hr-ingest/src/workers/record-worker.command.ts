import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Brake } from '../brake/brake.query.js';
import { HoldStore, madeFact } from '../holds/hold.store.js';
import { nameOf } from './forecast-workers.query.js';
import { RecordWorkers, type StatedWorker, type WorkerOutcome } from './record-workers.command.js';
import { OtherPerson } from './worker.errors.js';

/**
 * States one worker, at once: somebody named one person, so that no brake holds it, though it counts for the files of the
 * same source. A record of another person is refused, and set aside for an hr-operator.
 */
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
    private readonly brake: Brake,
    private readonly holds: HoldStore,
  ) {}

  async execute({ stated, check }: RecordWorker): Promise<WorkerOutcome> {
    return await decideAgainOnConflict(async () => {
      const work = this.store.work();
      const [outcome] = await this.commands.execute(new RecordWorkers([stated], work));
      if (outcome === undefined) throw new Error('one record has one outcome');
      if (outcome.result === 'rejected') {
        if (outcome.refusal instanceof OtherPerson) await this.setAside(stated, outcome.refusal);
        return outcome;
      }
      check(outcome.version - outcome.facts.length);
      const { impact, worker } = outcome;
      if (impact !== null) this.brake.count(work, stated.cause.actor, [{ kind: impact, worker: worker.worker }]);
      await work.commit();
      crashPoint('hr.after-append');
      return outcome;
    });
  }

  private async setAside({ cause, ...stated }: StatedWorker, { known, message }: OtherPerson): Promise<void> {
    const { employeeId, fields, absent } = stated;
    const work = this.store.work();
    const [id = ''] = this.holds.add(work, [
      {
        import: null,
        line: null,
        worker: known.worker,
        version: known.version,
        kind: 'other-person',
        source: cause.actor,
        from: null,
        statement: { employeeId, fields, absent, displayName: nameOf(known.attributes), detail: message },
      },
    ]);
    work.append(`hold-${uuidv7()}`, 0, [madeFact(id, 'row', ['other-person'], 1)], cause);
    await work.commit();
  }
}
