import { DomainError } from '#libs/event-store/core.js';

export class ReviewNotOpen extends DomainError<{ reviewId: string }> {
  readonly code = 'review.not_open';
}

export class NothingToReview extends DomainError {
  readonly code = 'review.nothing_to_review';
}

export class ReviewerWithoutIdentity extends DomainError {
  readonly code = 'review.caller_without_identity';
}

/** Why one item cannot be decided so. */
export class ItemRefused extends DomainError<{ itemId: string }> {
  constructor(
    readonly code:
      | 'review_item.own_access'
      | 'review_item.superiors_access'
      | 'review_item.not_reviewer'
      | 'review_item.not_open'
      | 'review_item.not_revoked'
      | 'review_item.verified',
    message: string,
    itemId: string,
  ) {
    super(message, { itemId });
  }
}

/** What each route refuses, by HTTP status. */
export const startingRefusals = { 409: ['review.nothing_to_review'] } as const;
export const endingRefusals = { 409: ['review.not_open'] } as const;
export const decidingRefusals = { 403: ['review.caller_without_identity'], 409: ['review.not_open'] } as const;
export const reassigningRefusals = { 409: ['review_item.not_open'] } as const;
export const verifyingRefusals = {
  403: ['review_item.own_access'],
  409: ['review_item.not_revoked', 'review_item.verified'],
} as const;
