import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { RecordWorkers } from '../workers/workers.exports.js';
import { HoldNotOpen, HoldOutdated } from './hold.errors.js';
import type { HoldReleased } from './hold.events.js';
import { HoldStore, type Hold } from './hold.store.js';

/** Applies one held row: a person confirms it, and that it is about the worker of that number. */
export class ReleaseHold extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Refuses one held row: it is never applied. */
export class CancelHold extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(ReleaseHold)
export class ReleaseHoldHandler implements ICommandHandler<ReleaseHold> {
  constructor(
    private readonly holds: HoldStore,
    private readonly store: EventStore,
    private readonly commands: CommandBus,
  ) {}

  async execute({ id, reason, caller }: ReleaseHold): Promise<void> {
    await decideAgainOnConflict(async () => {
      const hold = await openHold(this.holds, id);
      const { employeeId, fields, absent } = hold.statement;
      const work = this.store.work();
      const causation = causationOf(caller);
      if (fields !== null) {
        const stated = { employeeId, fields, absent, causation, sure: hold.kind === 'other-person' };
        const [outcome] = await this.commands.execute(new RecordWorkers([stated], work));
        if (outcome?.result === 'rejected') {
          throw (
            outcome.refusal ??
            new InvalidInput(outcome.problems.map(({ field, detail }) => ({ pointer: `/${field}`, detail })))
          );
        }
        const before = outcome === undefined ? 0 : outcome.version - outcome.facts.length;
        if (hold.version !== null && hold.version !== before) throw new HoldOutdated(id);
      }
      this.holds.decide(work, [id], 'released', caller.actor);
      work.append(`hold-${uuidv7()}`, 0, [{ type: 'HoldReleased', ...decisionOn(hold, reason, caller) }], causation);
      await work.commit();
    });
  }
}

@CommandHandler(CancelHold)
export class CancelHoldHandler implements ICommandHandler<CancelHold> {
  constructor(
    private readonly holds: HoldStore,
    private readonly store: EventStore,
  ) {}

  async execute({ id, reason, caller }: CancelHold): Promise<void> {
    await decideAgainOnConflict(async () => {
      const hold = await openHold(this.holds, id);
      const work = this.store.work();
      this.holds.decide(work, [id], 'cancelled', caller.actor);
      work.append(
        `hold-${uuidv7()}`,
        0,
        [{ type: 'HoldCancelled', ...decisionOn(hold, reason, caller) }],
        causationOf(caller),
      );
      await work.commit();
    });
  }
}

/** @throws NotFound, HoldNotOpen */
async function openHold(holds: HoldStore, id: string): Promise<Hold> {
  const hold = await holds.find(id);
  if (hold === null) throw new NotFound('held statement', id);
  if (hold.status !== 'held') throw new HoldNotOpen(id);
  return hold;
}

/** What both decisions say. */
function decisionOn({ id, kind }: Hold, reason: string, { actor }: Caller): Omit<HoldReleased, 'type'> {
  const decidedBy = actorId(actor);
  return {
    v: 1,
    data: { hold: id, of: 'row', reasons: [kind], people: 1, remaining: 0, decidedBy },
    personal: { reason: { subject: decidedBy, fields: { reason } } },
  };
}
