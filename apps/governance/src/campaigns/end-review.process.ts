import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { People } from '../people/people.exports.js';
import { ItemOutcomes } from './item-outcomes.process.js';
import { causationOf } from './list-items.process.js';
import { closeReview, endReview, nextLook, type Review } from './review.js';
import { lapse, unanswered, verifiedByReading, type KnownItem } from './review-item.js';
import { ReviewWork } from './review-items.store.js';
import { ReviewItems, Reviews } from './reviews.stream.js';
import { itemsPerWork, timerKinds } from './review-timers.js';

type Running = Loaded<Review> & { readonly state: NonNullable<Review>; readonly lastFactId: string | null };

/** Milliseconds after which the hub looks again whether all items are listed. */
const listingMs = 500;

/**
 * Ends reviews. What nobody answered becomes what its policy says; then the review waits until readings show that everything
 * revoked is gone, and is closed. Of a cancelled review the open items lapse.
 */
@Injectable()
export class EndReview implements OnModuleInit {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly reviews: Reviews,
    private readonly items: ReviewItems,
    private readonly found: ReviewWork,
    private readonly outcomes: ItemOutcomes,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(timerKinds.due, async (due, work) => {
      for (const { key } of due) await this.end(key, work);
    });
    this.timers.handle(timerKinds.verify, async (due, work) => {
      for (const { key } of due) await this.verify(key, work);
    });
  }

  at(work: Work, reviewId: string, dueAt: string): void {
    this.timers.at(work, { kind: timerKinds.due, key: reviewId, dueAt, payload: {} });
  }

  /** After an answer: without open items nobody has to wait for the end. */
  async endIfAnswered(reviewId: string): Promise<void> {
    const { openItems } = await this.found.counts(reviewId);
    if (openItems > 0) return;
    const work = this.store.work();
    this.at(work, reviewId, this.clock.now());
    await work.commit();
  }

  private async end(reviewId: string, work: Work): Promise<void> {
    const { state, ...review } = await this.reviews.load(reviewId);
    if (state === null || state.status === 'closed') return;
    const at = this.clock.now();
    if (state.status === 'open') {
      const { openItems } = await this.found.counts(reviewId);
      const ended = endReview({ openItems, at }, state);
      this.reviews.stage(work, { ...review, state }, ended, causationOf({ ...review, state }));
      if (ended.length === 0) {
        this.at(work, reviewId, state.listed ? state.dueAt : later(at, listingMs));
        return;
      }
    }
    const items = await this.found.open(reviewId, itemsPerWork);
    await this.finish(items, { ...review, state }, work);
    if (items.length === itemsPerWork) this.at(work, reviewId, at);
    else if (state.status !== 'cancelled') this.look(work, reviewId, at);
  }

  /** Items about which nobody answered. */
  private async finish(items: readonly Loaded<KnownItem>[], review: Running, work: Work): Promise<void> {
    const at = this.clock.now();
    const causation = causationOf(review);
    if (review.state.status === 'cancelled') {
      for (const item of items) this.items.stage(work, item, lapse('review_cancelled', at, item.state), causation);
      return;
    }
    const { batch, catalog } = await this.people.today({ ids: items.map(({ state }) => state.identityId) });
    const { displayName } = review.state;
    for (const item of items)
      for (const decided of unanswered(at, item.state))
        this.outcomes.stage(work, { item, decided, displayName }, { batch, catalog, causation, at });
    if (items.length > 0) this.people.guard(work, catalog);
  }

  private look(work: Work, reviewId: string, dueAt: string): void {
    this.timers.at(work, { kind: timerKinds.verify, key: reviewId, dueAt, payload: {} });
  }

  private async verify(reviewId: string, work: Work): Promise<void> {
    const review = await this.reviews.load(reviewId);
    if (review.state?.status !== 'closing') return;
    const at = this.clock.now();
    const causation = causationOf(review);
    const gone = await this.found.gone(reviewId, itemsPerWork);
    for (const item of gone) this.items.stage(work, item, verifiedByReading(at, item.state), causation);
    const { openItems, unverified } = await this.found.counts(reviewId);
    const closed = closeReview({ openItems, unverified: unverified - gone.length, at }, review.state);
    this.reviews.stage(work, review, closed, causation);
    const soon = gone.length === itemsPerWork ? at : nextLook(review.state.endedAt ?? at, at);
    if (closed.length === 0) this.look(work, reviewId, soon);
  }
}

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
