import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import type { Read } from '#libs/event-store/event-stream.js';
import { firstUuid, uuidv5 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { governanceActor, People } from '../people/people.exports.js';
import { listedAll, type Review } from './review.js';
import { openItem } from './review-item.js';
import { reviewPolicyOf } from './reviewers.js';
import { ReviewWork } from './review-items.store.js';
import { ReviewItems, Reviews } from './reviews.stream.js';
import { itemsPerWork, timerKinds } from './review-timers.js';
import { RouteItems } from './route-items.query.js';

interface Progress {
  /** Assignments up to this id are items. */
  readonly after: string;
  readonly items: number;
}

const isProgress = hasShape<Progress>({ after: 'text', items: 'number' });

/** Makes an item of each assignment in the scope of a review, and says who reviews it. */
@Injectable()
export class ListItems implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly reviews: Reviews,
    private readonly items: ReviewItems,
    private readonly found: ReviewWork,
    private readonly people: People,
    private readonly routes: RouteItems,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(timerKinds.list, async (due, work) => {
      for (const { key, payload } of due)
        await this.page(key, parsed<Progress>(`the progress of review ${key}`, isProgress, payload), work);
    });
  }

  stage(work: Work, reviewId: string): void {
    this.next(work, reviewId, { after: firstUuid, items: 0 });
  }

  private next(work: Work, reviewId: string, payload: Progress): void {
    this.timers.at(work, { kind: timerKinds.list, key: reviewId, dueAt: this.clock.now(), payload });
  }

  private async page(reviewId: string, { after, items }: Progress, work: Work): Promise<void> {
    const review = await this.reviews.load(reviewId);
    if (review.state?.status !== 'open') return;
    const at = this.clock.now();
    const { catalog } = await this.people.today({ ids: [] });
    const found = await this.found.inScope(review.state.scope, catalog, after, itemsPerWork);
    const causation = causationOf(review);
    const last = found.at(-1);
    if (last === undefined) {
      this.reviews.stage(work, review, listedAll(items, at, review.state), causation);
      return;
    }
    const { batch } = await this.people.today({ ids: found.map(({ identityId }) => identityId) });
    const terms = review.state;
    const policies = found.map(({ packageId }) => reviewPolicyOf(terms, catalog.accessPackage(packageId)?.document));
    const routed = found.map(({ identityId, packageId }, index) => ({
      person: batch.get(identityId),
      packageId,
      reviewers: policies[index]?.reviewers ?? [],
      others: [],
    }));
    const { routes } = await this.routes.of(routed, catalog, at);
    for (const [index, one] of found.entries()) {
      const itemId = uuidv5(`${reviewId}/${one.assignmentId}`);
      const onNoResponse = policies[index]?.onNoResponse ?? 'keep';
      const route = routes[index] ?? { reviewerIds: [] };
      const facts = openItem({ itemId, reviewId, ...one }, route, { onNoResponse, at }, null);
      this.items.stage(work, { id: itemId, state: null, version: 0 }, facts, causation);
    }
    this.next(work, reviewId, { after: last.assignmentId, items: items + found.length });
  }
}

/** What the hub does by itself for a review. */
export const causationOf = ({ id, lastFactId }: Read<Review>) => ({
  actor: governanceActor,
  correlationId: id,
  causationId: lastFactId,
  bulk: true,
});
