import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import type { Work } from '#libs/event-store/work.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { governanceActor, People } from '../people/people.exports.js';
import { RerouteRequests } from '../requests/requests.exports.js';
import { rerouteItem } from './review-item.js';
import { ReviewWork } from './review-items.store.js';
import { reviewPolicyOf } from './reviewers.js';
import { ReviewItems, Reviews } from './reviews.stream.js';
import { itemsPerWork, timerKinds } from './review-timers.js';
import { RouteItems } from './route-items.query.js';

const isProgress = hasShape<{ readonly after: string }>({ after: 'text' });

/** Open items follow the people who decide: when a manager changes, or a reviewer leaves, goes on leave or returns. */
@Injectable()
export class RerouteItems implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly followed: RerouteRequests,
    private readonly reviews: Reviews,
    private readonly items: ReviewItems,
    private readonly found: ReviewWork,
    private readonly people: People,
    private readonly routes: RouteItems,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.followed.also(async (identityIds, work) => {
      for (const id of await this.found.concerned(identityIds)) this.next(work, id, firstUuid);
    });
    this.timers.handle(timerKinds.reroute, async (due, work) => {
      // One person at a time: two of them may concern the same item.
      const [first, ...others] = due;
      for (const { key, payload } of others) this.next(work, key, afterOf(payload));
      if (first !== undefined) await this.page(first.key, afterOf(first.payload), work);
    });
  }

  private next(work: Work, identityId: string, after: string): void {
    this.timers.at(work, { kind: timerKinds.reroute, key: identityId, dueAt: this.clock.now(), payload: { after } });
  }

  private async page(identityId: string, after: string, work: Work): Promise<void> {
    const at = this.clock.now();
    const items = await this.found.concerning(identityId, after, itemsPerWork);
    const last = items.at(-1);
    if (last === undefined) return;
    const reviews = await this.reviews.loadMany([...new Set(items.map(({ state }) => state.reviewId))]);
    const { batch, catalog } = await this.people.today({ ids: items.map(({ state }) => state.identityId) });
    const routed = items.map(({ state: { identityId: holder, packageId, reviewId, reviewerIds } }) => {
      const terms = reviews.get(reviewId)?.state ?? { reviewers: null, onNoResponse: null };
      const { reviewers } = reviewPolicyOf(terms, catalog.accessPackage(packageId)?.document);
      return { person: batch.get(holder), packageId, reviewers, others: reviewerIds };
    });
    const { people, routes } = await this.routes.of(routed, catalog, at);
    const canDecide = (id: string): boolean =>
      people.statusOf(id) === 'active' || (people.statusOf(id) === 'on-leave' && people.hasDelegate(id));
    for (const [index, item] of items.entries()) {
      const facts = rerouteItem(routes[index] ?? { reviewerIds: [] }, { canDecide, at }, item.state);
      const causation = { actor: governanceActor, correlationId: item.state.reviewId, causationId: null, bulk: true };
      this.items.stage(work, item, facts, causation);
    }
    if (items.length === itemsPerWork) this.next(work, identityId, last.id);
  }
}

const afterOf = (payload: unknown): string =>
  parsed<{ readonly after: string }>('the progress of a change of reviewers', isProgress, payload).after;
