import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { ReviewNotOpen } from './review.errors.js';
import type { ReviewEvent, ReviewStarted, ReviewTerms } from './review.events.js';

/**
 * A review campaign; null before it began. `open`: reviewers answer. `closing`: nobody answers any more, and revocations
 * are not all verified yet. `closed`: everything has an outcome, and every revocation is verified.
 */
export type Review =
  | (ReviewTerms & {
      readonly status: 'open' | 'closing' | 'closed' | 'cancelled';
      /** Is all access of its scope an item of it? */
      readonly listed: boolean;
      readonly startedBy: string | null;
      readonly startedAt: string;
      readonly endedAt: string | null;
      readonly closedAt: string | null;
      readonly cancelledReason: string | null;
    })
  | null;

export const review: Fold<Review, ReviewEvent> = {
  version: 1,
  initial: null,
  evolve: (state, event) => {
    if (event.type === 'ReviewStarted') {
      const { review: terms, startedBy, startedAt } = event.data;
      const nothingYet = { listed: false, endedAt: null, closedAt: null, cancelledReason: null };
      return { ...terms, status: 'open', startedBy, startedAt, ...nothingYet };
    }
    if (state === null) return null;
    switch (event.type) {
      case 'ReviewListed':
        return { ...state, listed: true };
      case 'ReviewEnded':
        return { ...state, status: 'closing', endedAt: event.data.endedAt };
      case 'ReviewClosed':
        return { ...state, status: 'closed', closedAt: event.data.closedAt };
      case 'ReviewCancelled': {
        const cancelledReason = event.personal.reason.fields?.reason ?? null;
        const { cancelledAt } = event.data;
        return { ...state, status: 'cancelled', endedAt: cancelledAt, closedAt: cancelledAt, cancelledReason };
      }
      default:
        return unreachable(event);
    }
  },
};

/** Whether a value from a row is the state of a review. */
export const isReview = hasShape<NonNullable<Review>>({
  reviewId: 'text',
  displayName: 'text',
  scope: 'object',
  reviewers: 'any',
  onNoResponse: 'any',
  dueAt: 'text',
  status: ['open', 'closing', 'closed', 'cancelled'],
  listed: 'flag',
  startedBy: 'any',
  startedAt: 'text',
  endedAt: 'any',
  closedAt: 'any',
  cancelledReason: 'any',
});

/** Begins a review. The same review again changes nothing. */
export function startReview(
  terms: ReviewTerms,
  { by, at }: { readonly by: string | null; readonly at: string },
  state: Review,
): ReviewStarted[] {
  if (state !== null) return [];
  return [{ type: 'ReviewStarted', v: 1, data: { review: terms, startedBy: by, startedAt: at } }];
}

/** @param items how many assignments it has */
export function listedAll(items: number, at: string, state: Review): ReviewEvent[] {
  if (state?.status !== 'open' || state.listed) return [];
  return [{ type: 'ReviewListed', v: 1, data: { reviewId: state.reviewId, items, listedAt: at } }];
}

/** Nobody answers any more; nothing for a review that has ended, or whose items are not all known yet. */
export function endReview(
  { openItems, at }: { readonly openItems: number; readonly at: string },
  state: Review,
): ReviewEvent[] {
  if (state?.status !== 'open' || !state.listed) return [];
  if (at < state.dueAt && openItems > 0) return [];
  return [{ type: 'ReviewEnded', v: 1, data: { reviewId: state.reviewId, endedAt: at } }];
}

/** It is closed once every item has an outcome, and every revocation is verified. */
export function closeReview(
  { openItems, unverified, at }: { readonly openItems: number; readonly unverified: number; readonly at: string },
  state: Review,
): ReviewEvent[] {
  if (state?.status !== 'closing' || openItems > 0 || unverified > 0) return [];
  return [{ type: 'ReviewClosed', v: 1, data: { reviewId: state.reviewId, closedAt: at } }];
}

/** @throws ReviewNotOpen */
export function cancelReview(
  { by, reason, at }: { readonly by: string; readonly reason: string; readonly at: string },
  state: NonNullable<Review>,
): ReviewEvent[] {
  const { reviewId } = state;
  requireOpen(state);
  const personal = { reason: { subject: by, fields: { reason } } };
  return [{ type: 'ReviewCancelled', v: 1, data: { reviewId, cancelledBy: by, cancelledAt: at }, personal }];
}

/** @throws ReviewNotOpen */
export function requireOpen({ status, reviewId }: NonNullable<Review>): void {
  if (status !== 'open') throw new ReviewNotOpen(`the review is ${status}: nothing is left to answer`, { reviewId });
}

const minuteMs = 60_000;

/** When the hub looks next whether revocations are verified: often at first, then ever less, at least each ten minutes. */
export function nextLook(endedAt: string, at: string): string {
  const passed = Date.parse(at) - Date.parse(endedAt);
  return new Date(Date.parse(at) + Math.min(10 * minuteMs, Math.max(1000, passed / 4))).toISOString();
}
