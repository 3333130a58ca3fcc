import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { noChanges } from '../assignments/assignments.exports.js';
import { OwnedPackages, People, Recomputation } from '../people/people.exports.js';
import { ExclusionNotYours, ExclusionOver } from './birthright.errors.js';
import { VisibleBirthrights } from './birthright.query.js';

/** Ends an exclusion before its time: rules give the package again, if one does. */
export class EndExclusion extends Command<void> {
  constructor(
    readonly exclusionId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(EndExclusion)
export class EndExclusionHandler implements ICommandHandler<EndExclusion> {
  constructor(
    private readonly store: EventStore,
    private readonly visible: VisibleBirthrights,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly owned: OwnedPackages,
    private readonly clock: Clock,
  ) {}

  execute(command: EndExclusion): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ exclusionId, caller }: EndExclusion): Promise<void> {
    const [known] = await this.visible.exclusions(caller, { id: exclusionId });
    if (known === undefined) throw new NotFound('birthright exclusion', exclusionId);
    const may =
      caller.roles.includes('policy-admin') ||
      actorId(caller.actor) === known.excludedBy.id ||
      (caller.identity !== known.identityId && (await this.owned.of(caller)).includes(known.packageId));
    if (!may)
      throw new ExclusionNotYours('only who made it, an owner of the package or a policy administrator may end it', {
        exclusionId,
      });
    const { catalog, batch } = await this.people.today({ ids: [known.identityId] });
    const person = batch.get(known.identityId);
    if (!person.access.state.exclusions.some((one) => one.exclusionId === exclusionId))
      throw new ExclusionOver('the exclusion has ended already', { exclusionId });
    const work = this.store.work();
    this.people.decide(work, person);
    const asked = { ...noChanges, exclusions: { made: [], ended: [exclusionId] } };
    this.recomputation.stage(work, person, { catalog, causation: causationOf(caller), at: this.clock.now(), asked });
    this.people.guard(work, catalog);
    await work.commit();
  }
}
