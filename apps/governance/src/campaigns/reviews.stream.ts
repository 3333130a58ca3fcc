import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { ReviewEvent } from './review.events.js';
import { isReview, review, type Review } from './review.js';
import type { ReviewItemEvent } from './review-item.events.js';
import { isReviewItem, reviewItem, type ReviewItem } from './review-item.js';
import { reviewItemRows, reviewRows } from './review-rows.projection.js';

@Injectable()
export class Reviews extends EventStream<Review, ReviewEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'review', fold: review, isState: isReview, readModels: [reviewRows] });
  }
}

/** One stream for each item, so that reviewers of one review do not wait for each other. */
@Injectable()
export class ReviewItems extends EventStream<ReviewItem, ReviewItemEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'reviewed', fold: reviewItem, isState: isReviewItem, readModels: [reviewItemRows] });
  }
}
