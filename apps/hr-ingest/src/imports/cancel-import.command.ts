import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput, RequestProblem } from '#libs/problems/problem.js';
import { type HoldCancelled, type HoldReason, HoldStore } from '../holds/holds.exports.js';
import { CountedImports } from './counted-imports.store.js';
import { ImportChunks } from './import-chunk.store.js';
import { ImportNotRunning } from './import.errors.js';

/** Stops an import at its present row: applied rows stay applied. A held import is refused as a whole, by an hr-operator. */
export class CancelImport extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string | null,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(CancelImport)
export class CancelImportHandler implements ICommandHandler<CancelImport> {
  constructor(
    private readonly chunks: ImportChunks,
    private readonly imports: CountedImports,
    private readonly holds: HoldStore,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  async execute({ id, reason, caller }: CancelImport): Promise<void> {
    await decideAgainOnConflict(async () => {
      const held = await this.imports.held(id);
      if (held !== null) await this.refuse(id, held.reasons, reason, caller);
      else if (!(await this.chunks.end(id, 'cancelled', null, this.clock.now()))) throw new ImportNotRunning(id);
    });
  }

  private async refuse(
    id: string,
    reasons: readonly HoldReason[],
    reason: string | null,
    caller: Caller,
  ): Promise<void> {
    if (!caller.roles.includes('hr-operator'))
      throw new RequestProblem(403, 'forbidden', 'the import is held: an hr-operator cancels or releases it');
    if (reason === null) {
      throw new InvalidInput([
        { pointer: '/reason', detail: 'is missing: the import is held; give the reason for the cancellation' },
      ]);
    }
    const people = await this.holds.ofImport(id);
    const decidedBy = actorId(caller.actor);
    const cancelled: HoldCancelled = {
      type: 'HoldCancelled',
      v: 1,
      data: { hold: id, of: 'import', reasons, people: people.length, remaining: 0, decidedBy },
      personal: { reason: { subject: decidedBy, fields: { reason } } },
    };
    const work = this.store.work();
    this.holds.decide(
      work,
      people.map((hold) => hold.id),
      'cancelled',
      caller.actor,
    );
    this.imports.refuse(work, id, this.clock.now());
    work.append(`hold-${uuidv7()}`, 0, [cancelled], causationOf(caller));
    await work.commit();
  }
}
