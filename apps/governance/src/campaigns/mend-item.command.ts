import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { People } from '../people/people.exports.js';
import { LoadDeciders, reportsToOneOf } from '../requests/requests.exports.js';
import { reassignItem, verifiedByPerson, type KnownItem, type ReviewItem } from './review-item.js';
import { ReviewItems } from './reviews.stream.js';

interface ItemOfReview {
  readonly reviewId: string;
  readonly itemId: string;
}

/** A policy administrator names another person who decides on an item. */
export class ReassignItem extends Command<void> {
  constructor(
    readonly item: ItemOfReview,
    readonly reviewerId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Somebody looked at the application, and says that what was revoked is gone: where no reading can show it. */
export class ConfirmRemoval extends Command<void> {
  constructor(
    readonly item: ItemOfReview,
    readonly comment: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(ReassignItem)
export class ReassignItemHandler implements ICommandHandler<ReassignItem> {
  constructor(
    private readonly items: ReviewItems,
    private readonly people: People,
    private readonly deciders: LoadDeciders,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, InvalidInput, ItemRefused */
  async execute({ item, reviewerId, caller }: ReassignItem): Promise<void> {
    const at = this.clock.now();
    const { catalog, batch } = await this.people.today({ ids: [reviewerId] });
    const self = { beneficiary: batch.get(reviewerId), stages: [], applications: [], others: [reviewerId] };
    const people = await this.deciders.for([self], catalog, at);
    await this.items.transact(
      item.itemId,
      (state) => {
        const known = knownOf(item, state);
        const problem = problemOf(known, reviewerId);
        if (problem !== null) throw new InvalidInput([{ pointer: '/reviewerId', detail: problem }]);
        return reassignItem(reviewerId, at, known);
      },
      { ...causationOf(caller), correlationId: item.reviewId },
    );

    function problemOf({ identityId }: KnownItem, id: string): string | null {
      const status = people.statusOf(id);
      if (status === null || status === 'inactive') return 'names nobody who is here: name another person';
      if (id === identityId) return 'is the holder: nobody reviews their own access';
      return reportsToOneOf(id, [identityId], people) ? 'reports to the holder: name another person' : null;
    }
  }
}

@CommandHandler(ConfirmRemoval)
export class ConfirmRemovalHandler implements ICommandHandler<ConfirmRemoval> {
  constructor(
    private readonly items: ReviewItems,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, ItemRefused */
  async execute({ item, comment, caller }: ConfirmRemoval): Promise<void> {
    const by = actorId(caller.actor);
    await this.items.transact(
      item.itemId,
      (state) => verifiedByPerson({ by, comment, at: this.clock.now() }, knownOf(item, state)),
      { ...causationOf(caller), correlationId: item.reviewId },
    );
  }
}

/** @throws NotFound */
function knownOf({ reviewId, itemId }: ItemOfReview, state: ReviewItem): KnownItem {
  if (state?.reviewId !== reviewId) throw new NotFound('item of this review', itemId);
  return state;
}
