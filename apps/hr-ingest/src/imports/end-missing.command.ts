import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import type { HoldReleased } from '../holds/holds.exports.js';
import { RecordWorkers } from '../workers/workers.exports.js';
import { MissingWorkers, type MissingWorker } from './missing-workers.store.js';

/** Ends the access of a person who is missing in full feeds, by an hr-operator's decision. */
export class EndMissing extends Command<void> {
  constructor(
    readonly missing: Pick<MissingWorker, 'worker' | 'employeeId'>,
    readonly reason: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(EndMissing)
export class EndMissingHandler implements ICommandHandler<EndMissing> {
  constructor(
    private readonly missing: MissingWorkers,
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
  ) {}

  async execute({ missing: { worker, employeeId }, reason, caller }: EndMissing): Promise<void> {
    await decideAgainOnConflict(async () => {
      const work = this.store.work();
      const [causation, now, decidedBy] = [causationOf(caller), this.clock.now(), actorId(caller.actor)];
      const stated = { employeeId, fields: { accessEndsAt: now }, absent: 'kept', causation } as const;
      const [outcome] = await this.commands.execute(new RecordWorkers([stated], work));
      if (outcome?.result === 'rejected' && outcome.refusal !== undefined) throw outcome.refusal;
      this.missing.end(work, worker, now);
      const fact: HoldReleased = {
        type: 'HoldReleased',
        v: 1,
        data: { hold: worker, of: 'row', reasons: ['missing'], people: 1, remaining: 0, decidedBy },
        personal: { reason: { subject: decidedBy, fields: { reason } } },
      };
      work.append(`hold-${uuidv7()}`, 0, [fact], causation);
      await work.commit();
    });
  }
}
