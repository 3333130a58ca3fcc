import { DomainError } from '#libs/event-store/core.js';

export class NotForReview extends DomainError<{ assignmentId: string }> {
  readonly code = 'access_review.not_open';
}

/** Nobody decides on their own access. */
export class OwnReview extends DomainError<{ assignmentId: string }> {
  readonly code = 'access_review.own';
}

/** What a decision on kept access refuses, by HTTP status. */
export const keepRefusals = {
  403: ['access_review.own'],
  409: ['access_review.not_open', 'assignment.not_active'],
} as const;
