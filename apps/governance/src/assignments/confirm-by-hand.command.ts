import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { NotFound } from '#libs/problems/problem.js';
import { People, type Person } from '../people/people.exports.js';
import { type CatalogSnapshot, ownerNames } from '../policy/policy.exports.js';
import { HandConfirmationRefused } from './access.errors.js';
import { Accesses } from './accesses.stream.js';
import { confirmedByHand } from './application-answers.js';
import { holderOf } from './assignment-holder.query.js';

/**
 * Says that what an application has to give or take for an assignment is done, where the hub does not provision it: an owner
 * of the application, or a policy administrator; never the holder.
 */
export class ConfirmByHand extends Command<void> {
  constructor(
    readonly assignmentId: string,
    readonly application: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(ConfirmByHand)
export class ConfirmByHandHandler implements ICommandHandler<ConfirmByHand> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly people: People,
    private readonly accesses: Accesses,
  ) {}

  /** @throws NotFound, HandConfirmationRefused */
  execute(command: ConfirmByHand): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ assignmentId, application, caller }: ConfirmByHand): Promise<void> {
    const held = await holderOf(this.db, assignmentId);
    if (held === null) throw new NotFound('assignment', assignmentId);
    const callers = caller.identity === null ? [] : [caller.identity];
    const { catalog, batch } = await this.people.today({ ids: [held.identityId, ...callers] });
    const refuse = (code: HandConfirmationRefused['code']): never => {
      throw new HandConfirmationRefused(code, assignmentId);
    };
    if (caller.identity === held.identityId) refuse('assignment.own_delivery');
    const owns = callers.some((id) => ownsApplication(batch.get(id), application, catalog));
    if (!owns && !caller.roles.includes('policy-admin')) throw new NotFound('assignment', assignmentId);
    if (!catalog.isManual(application)) refuse('assignment.not_manual');
    const person = batch.get(held.identityId);
    const events = confirmedByHand(assignmentId, application, person.access.state);
    if (events.length === 0) refuse('assignment.nothing_to_confirm');
    const work = this.store.work();
    this.people.decide(work, person);
    this.accesses.stage(work, person.access, events, causationOf(caller));
    this.people.guard(work, catalog);
    await work.commit();
  }
}

function ownsApplication({ identity, access }: Person, application: string, catalog: CatalogSnapshot): boolean {
  const owners = catalog.owners.of([application]);
  const active = access.state.assignments.filter(({ phase }) => phase === 'active');
  const names = ownerNames(
    identity.id,
    active.map(({ packageId }) => packageId),
  );
  return names.some((name) => owners.has(name));
}
