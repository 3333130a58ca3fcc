import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { OwnedPackages, People, Recomputation } from '../people/people.exports.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { revoke } from './access.js';
import { excluding } from './birthright.js';
import type { Assignment } from './access-state.js';
import { holderOf } from './assignment-holder.query.js';

/**
 * Revokes an assignment. What a rule gives is excluded for a time, so that the rule does not give it again at once. A policy administrator any, an owner those of their packages, its holder
 * their own.
 */
export class RevokeAssignment extends Command<void> {
  constructor(
    readonly assignmentId: string,
    readonly reason: string,
    /** Of the exclusion, where a rule gives it; null: as long as usual. */
    readonly until: string | null,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(RevokeAssignment)
export class RevokeAssignmentHandler implements ICommandHandler<RevokeAssignment> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly owned: OwnedPackages,
    private readonly clock: Clock,
  ) {}

  execute(command: RevokeAssignment): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ assignmentId, reason, until, caller }: RevokeAssignment): Promise<void> {
    const held = await holderOf(this.db, assignmentId);
    if (held === null) throw new NotFound('assignment', assignmentId);
    const { identityId: holder } = held;
    const own = caller.identity === holder;
    const administers = caller.roles.includes('policy-admin');
    const owns = !own && !administers && (await this.owned.of(caller)).includes(held.packageId);
    if (!own && !administers && !owns) throw new NotFound('assignment', assignmentId);
    const { catalog, batch } = await this.people.today({ ids: [holder] });
    const person = batch.get(holder);
    const code = own ? 'given_up' : owns ? 'revoked_by_owner' : 'revoked_by_administrator';
    const at = this.clock.now();
    refuseUntil(
      until,
      at,
      person.access.state.assignments.find((one) => one.assignmentId === assignmentId),
    );
    const exclusion = excluding(uuidv7(), { by: actorId(caller.actor), at, until });
    const changes = revoke(assignmentId, { code, reason, exclusion }, person.access.state);
    const work = this.store.work();
    this.people.decide(work, person);
    const terms = { catalog, causation: causationOf(caller), at, asked: changes };
    this.recomputation.stage(work, person, terms);
    this.people.guard(work, catalog);
    await work.commit();
  }
}

/** @throws InvalidInput for an end that is past, or of an exclusion where no rule gives the assignment */
function refuseUntil(until: string | null, at: string, held: Assignment | undefined): void {
  if (until === null || held === undefined) return;
  const pointer = '/until';
  if (held.cause.type !== 'birthright')
    throw new InvalidInput([{ pointer, detail: 'is given, and no rule gives this assignment: leave it out' }]);
  if (until <= at) throw new InvalidInput([{ pointer, detail: 'is past: give a later instant' }]);
}
