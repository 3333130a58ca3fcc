import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { certify } from './as-found.js';
import { holderOf } from './assignment-holder.query.js';
import { ownsPackage, People, Recomputation } from '../people/people.exports.js';

/** Somebody says that what was found stays, and is its approver from then on: an owner of the application, or a policy administrator. */
export class CertifyAssignment extends Command<void> {
  constructor(
    readonly assignmentId: string,
    readonly reason: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(CertifyAssignment)
export class CertifyAssignmentHandler implements ICommandHandler<CertifyAssignment> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, AssignmentNotActive, NotAsFound, AlreadyCertified, OwnCertification */
  execute(command: CertifyAssignment): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ assignmentId, reason, caller }: CertifyAssignment): Promise<void> {
    const held = await holderOf(this.db, assignmentId);
    if (held === null) throw new NotFound('assignment', assignmentId);
    const callers = caller.identity === null ? [] : [caller.identity];
    const { catalog, batch } = await this.people.today({ ids: [held.identityId, ...callers] });
    const own = caller.identity === held.identityId;
    const owns = callers.some((id) => ownsPackage(batch.get(id), held.packageId, catalog));
    if (!own && !owns && !caller.roles.includes('policy-admin')) throw new NotFound('assignment', assignmentId);
    const person = batch.get(held.identityId);
    const asked = certify(assignmentId, { by: actorId(caller.actor), own, reason }, person.access.state);
    const work = this.store.work();
    this.people.decide(work, person);
    const at = this.clock.now();
    this.recomputation.stage(work, person, { catalog, causation: causationOf(caller), at, asked });
    this.people.guard(
      work,
      catalog,
      callers.map((id) => batch.get(id)),
    );
    await work.commit();
  }
}
