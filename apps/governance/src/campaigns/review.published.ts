import type {
  ReviewItemMessage,
  ReviewItemEventType,
  ReviewMessage,
  ReviewEventType,
} from '#libs/contracts/reviews.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { ReviewEvent } from './review.events.js';
import type { ReviewItemEvent } from './review-item.events.js';

const reviewTypes: Readonly<Record<ReviewEvent['type'], ReviewEventType>> = {
  ReviewStarted: 'hub.governance.review.started.v1',
  ReviewListed: 'hub.governance.review.listed.v1',
  ReviewEnded: 'hub.governance.review.ended.v1',
  ReviewClosed: 'hub.governance.review.closed.v1',
  ReviewCancelled: 'hub.governance.review.cancelled.v1',
};

/** Each fact of a review is one message on `hub.governance.decisions`. */
export function publishedReview(fact: RecordedFact<ReviewEvent>): PublicMessage[] {
  const body = reviewBody(fact);
  return [
    messageOf(serviceName, fact, { topic: topics.decisions, type: reviewTypes[fact.type], key: body.review, body }),
  ];
}

function reviewBody(fact: RecordedFact<ReviewEvent>): ReviewMessage {
  switch (fact.type) {
    case 'ReviewStarted': {
      const { reviewId: review, displayName, scope, reviewers, onNoResponse, dueAt } = fact.data.review;
      const { packageId, ...others } = scope;
      return { review, displayName, scope: { package: packageId, ...others }, reviewers, onNoResponse, dueAt };
    }
    case 'ReviewListed':
      return { review: fact.data.reviewId, items: fact.data.items };
    case 'ReviewEnded':
    case 'ReviewClosed':
      return { review: fact.data.reviewId };
    case 'ReviewCancelled': {
      const { reviewId: review, cancelledBy } = fact.data;
      return { review, cancelledBy, ...(fact.personal.reason.fields ?? {}) };
    }
    default:
      return unreachable(fact);
  }
}

const itemTypes: Readonly<Record<ReviewItemEvent['type'], ReviewItemEventType>> = {
  ReviewItemOpened: 'hub.governance.review-item.opened.v1',
  ReviewItemRerouted: 'hub.governance.review-item.rerouted.v1',
  ReviewItemDecided: 'hub.governance.review-item.decided.v1',
  ReviewItemLapsed: 'hub.governance.review-item.lapsed.v1',
  ReviewItemVerified: 'hub.governance.review-item.verified.v1',
};

/** Each fact of an item is one message on `hub.governance.decisions`, with the key of the holder. */
export function publishedReviewItem(fact: RecordedFact<ReviewItemEvent>): PublicMessage[] {
  const { itemId: item, reviewId: review, assignmentId: assignment, identityId: identity, packageId } = fact.data.item;
  const body: ReviewItemMessage = { item, review, assignment, identity, package: packageId, ...saidBy(fact) };
  const about = { topic: topics.decisions, key: identity, subject: item };
  return [messageOf(serviceName, fact, { ...about, type: itemTypes[fact.type], body })];
}

function saidBy(fact: RecordedFact<ReviewItemEvent>): Partial<ReviewItemMessage> {
  switch (fact.type) {
    case 'ReviewItemOpened':
      return { reviewers: fact.data.reviewerIds, ...insteadOf(fact.data.instead) };
    case 'ReviewItemRerouted':
      return { reviewers: fact.data.reviewerIds, code: fact.data.code, ...insteadOf(fact.data.instead) };
    case 'ReviewItemDecided': {
      const { decision, reviewerId, onBehalfOf } = fact.data;
      return {
        decision,
        reviewer: reviewerId,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        ...(fact.data.decision === 'shorten' ? { until: fact.data.until } : {}),
        ...(fact.personal?.comment.fields ?? {}),
      };
    }
    case 'ReviewItemLapsed':
      return { code: fact.data.code };
    case 'ReviewItemVerified':
      return { verifiedBy: fact.data.by, ...(fact.personal?.comment.fields ?? {}) };
    default:
      return unreachable(fact);
  }
}

const insteadOf = (instead: readonly string[] | undefined): Partial<ReviewItemMessage> =>
  instead === undefined ? {} : { instead };
