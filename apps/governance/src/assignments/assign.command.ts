import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { accessGiven, ownsPackage, People, type Person, Recomputation } from '../people/people.exports.js';
import { AssignmentRefused } from './access.errors.js';
import type { AtOnce } from './access.events.js';

export interface AssignmentWanted {
  readonly type: AtOnce['type'];
  readonly packageId: string;
  /** The caller, unless given. */
  readonly identityId: string | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly reason: string;
}

/** Gives access without a request. A repeat with the same `id` changes nothing. */
export class Assign extends Command<void> {
  constructor(
    readonly id: string,
    readonly wanted: AssignmentWanted,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(Assign)
export class AssignHandler implements ICommandHandler<Assign> {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  execute(command: Assign): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ id, wanted, caller }: Assign): Promise<void> {
    const { packageId } = wanted;
    const identityId = receiverOf(wanted, caller);
    const callers = caller.identity === null ? [] : [caller.identity];
    const { catalog, batch } = await this.people.today({ ids: [identityId, ...callers] });
    const person = batch.get(identityId);
    if (isHeld(id, person)) return;
    const at = this.clock.now();
    const mayAssign =
      caller.roles.includes('policy-admin') || callers.some((one) => ownsPackage(batch.get(one), packageId, catalog));
    const giver = { actor: actorId(caller.actor), own: caller.identity === identityId, mayAssign, at };
    const asked = accessGiven({ ...wanted, assignmentId: id }, person, catalog, giver);
    const work = this.store.work();
    this.people.decide(work, person);
    const staged = this.recomputation.stage(work, person, { catalog, causation: causationOf(caller), at, asked });
    if (!isHeld(id, staged.person)) throw new AssignmentRefused('assignment.not_eligible', packageId, []);
    this.people.guard(
      work,
      catalog,
      callers.map((one) => batch.get(one)),
    );
    await work.commit();
  }
}

/** Who is to have it. @throws InvalidInput */
function receiverOf({ type, identityId, startsAt }: AssignmentWanted, { identity }: Caller): string {
  if (type !== 'direct' && startsAt !== null)
    throw new InvalidInput([{ pointer: '/startsAt', detail: 'is given: leave it out, such access begins at once' }]);
  const receiver = identityId ?? identity;
  if (receiver === null)
    throw new InvalidInput([{ pointer: '/identityId', detail: 'is missing: give the id of an identity' }]);
  return receiver;
}

const isHeld = (id: string, { access }: Person): boolean =>
  access.state.assignments.some(({ assignmentId }) => assignmentId === id);
