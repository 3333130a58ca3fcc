import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { holderOf } from '../assignments/assignments.exports.js';
import { People, Recomputation } from '../people/people.exports.js';
import { decideOnKept, type KeepDecision } from './keep.js';
import { OwnReview } from './movers.errors.js';

/** The word of a manager on access of somebody who has moved, or is not eligible any more. */
export class DecideOnKept extends Command<void> {
  constructor(
    readonly assignmentId: string,
    readonly word: KeepDecision,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(DecideOnKept)
export class DecideOnKeptHandler implements ICommandHandler<DecideOnKept> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  execute(command: DecideOnKept): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ assignmentId, word, caller }: DecideOnKept): Promise<void> {
    const held = await holderOf(this.db, assignmentId);
    if (held === null) throw new NotFound('access review', assignmentId);
    const { catalog, batch } = await this.people.today({ ids: [held.identityId] });
    const person = batch.get(held.identityId);
    const { state } = person.identity;
    const own = caller.identity === held.identityId;
    const manages = state.status !== 'absent' && caller.identity !== null && state.managerId === caller.identity;
    if (!own && !manages && !caller.roles.includes('policy-admin')) throw new NotFound('access review', assignmentId);
    if (own) throw new OwnReview('nobody decides on their own access', { assignmentId });
    const at = this.clock.now();
    const { assignments } = person.access.state;
    refuseEnd(word, assignments.find((one) => one.assignmentId === assignmentId)?.until ?? null, at);
    const asked = decideOnKept(assignmentId, word, person.access.state);
    const work = this.store.work();
    this.people.decide(work, person);
    this.recomputation.stage(work, person, { catalog, causation: causationOf(caller), at, asked });
    this.people.guard(work, catalog);
    await work.commit();
  }
}

/** @throws InvalidInput for an end that is past, or later than the one there is */
function refuseEnd({ until }: KeepDecision, present: string | null, at: string): void {
  if (until === null) return;
  const pointer = '/until';
  if (until <= at) throw new InvalidInput([{ pointer, detail: 'is past: give a later instant, or drop it' }]);
  if (present !== null && until >= present)
    throw new InvalidInput([{ pointer, detail: `is not earlier than its end: give an instant before ${present}` }]);
}
