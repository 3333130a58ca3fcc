import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import { People, Recomputation } from '../people/people.exports.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { revoke } from './access.js';
import { OwnedPackages } from './owned-packages.query.js';
import { holderOf } from './assignment-holder.query.js';

/** Revokes an assignment that no rule gave: a policy administrator any, an owner those of their packages, its holder their own. */
export class RevokeAssignment extends Command<void> {
  constructor(
    readonly assignmentId: string,
    readonly reason: string,
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

  private async once({ assignmentId, reason, caller }: RevokeAssignment): Promise<void> {
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
    const changes = revoke(assignmentId, { code, reason }, person.access.state);
    const work = this.store.work();
    this.people.decide(work, person);
    const terms = { catalog, causation: causationOf(caller), at: this.clock.now(), asked: changes };
    this.recomputation.stage(work, person, terms);
    this.people.guard(work, catalog);
    await work.commit();
  }
}
