import type { ReviewItemMessage } from '#libs/contracts/reviews.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { told, type Notice } from './notice.js';

const asking: ReadonlySet<string> = new Set([
  'hub.governance.review-item.opened.v1',
  'hub.governance.review-item.rerouted.v1',
]);

/** The review in which a message asks somebody for an answer; null for other messages. */
export const reviewOf = ({ type, body }: Pick<PublicMessage, 'type' | 'body'>): string | null =>
  // The type tells which body a message has.
  asking.has(type) ? (body as ReviewItemMessage).review : null;

/**
 * Reviewers are told of a review once, however many items ask them, and again after half of the time that is left. Items
 * that nobody can answer are told to nobody by name.
 * @param dueAtOf when a review ends; null for one that is not known
 */
export function reviewNotices(message: PublicMessage, dueAtOf: (review: string) => string | null): Notice[] {
  const review = reviewOf(message);
  const dueAt = review === null ? null : dueAtOf(review);
  if (review === null || dueAt === null) return [];
  const { body, time } = message;
  const { reviewers = [] } = body as ReviewItemMessage;
  const about = { review, date: dueAt };
  const half = new Date((Date.parse(time) + Date.parse(dueAt)) / 2).toISOString();
  return [
    ...told('campaign-waiting', reviewers.length > 0 ? reviewers : [null], about, { dueAt: time, key: review }),
    ...told('campaign-reminder', reviewers, about, { dueAt: half, key: review }),
  ];
}
