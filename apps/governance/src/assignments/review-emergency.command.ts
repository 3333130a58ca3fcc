import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { EmergencyReviewer } from './access.errors.js';
import { Accesses } from './accesses.stream.js';
import { holderOf } from './assignment-holder.query.js';
import { review } from './emergency.js';
import type { EmergencyReviewed } from './emergency.events.js';
import { OwnedPackages } from '../people/people.exports.js';

/** Judges, after the event, access that was taken in an emergency. */
export class ReviewEmergency extends Command<void> {
  constructor(
    readonly assignmentId: string,
    readonly word: { readonly outcome: EmergencyReviewed['data']['outcome']; readonly comment: string },
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(ReviewEmergency)
export class ReviewEmergencyHandler implements ICommandHandler<ReviewEmergency> {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly owned: OwnedPackages,
    private readonly clock: Clock,
  ) {}

  async execute({ assignmentId, word, caller }: ReviewEmergency): Promise<void> {
    const held = await holderOf(this.db, assignmentId);
    if (held === null) throw new NotFound('emergency', assignmentId);
    const { identityId, packageId } = held;
    const may = caller.roles.includes('policy-admin') || (await this.owned.of(caller)).includes(packageId);
    const own = caller.identity === identityId;
    if (!may && !own) throw new NotFound('emergency', assignmentId);
    if (own)
      throw new EmergencyReviewer('only somebody else who owns the package, or a policy administrator, may review it', {
        assignmentId,
      });
    const by = { ...word, reviewedBy: actorId(caller.actor), reviewedAt: this.clock.now() };
    await this.accesses.transact(identityId, (state) => review(assignmentId, by, state), causationOf(caller));
  }
}
