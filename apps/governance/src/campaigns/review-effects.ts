import {
  type Access,
  alsoCertified,
  type Changes,
  type Excluding,
  noChanges,
  revoke,
  shorten,
} from '../assignments/assignments.exports.js';
import type { ReviewItemDecided } from './review-item.events.js';

/**
 * What an answer changes of what the person holds; null where the access has ended in another way. A reviewer who lets stay what was found is its
 * approver from then on; about what nobody answers nobody has said that.
 * @param exclusion of what a rule gives, if it is revoked
 * @throws AssignmentEndRefused, AssignmentGivenByRule
 */
export function changesBy(
  { data, personal }: ReviewItemDecided,
  displayName: string,
  access: Access,
  exclusion: Excluding,
): Changes | null {
  const { assignmentId, reviewId } = data.item;
  const { reviewerId: by, decidedAt: at } = data;
  const held = access.assignments.find((one) => one.assignmentId === assignmentId);
  if (held === undefined) return null;
  const comment = personal?.comment.fields?.comment ?? `Review ${displayName}`;
  switch (data.decision) {
    case 'keep':
      return by === null ? noChanges : alsoCertified(held, { by, at, reason: comment }, noChanges);
    case 'revoke': {
      const reason = by === null ? `Nobody answered in review ${displayName}` : comment;
      return revoke(assignmentId, { code: 'revoked_by_review', reason, exclusion }, access);
    }
    case 'shorten': {
      if (by === null) return noChanges;
      const end = { until: data.until, at, cause: { type: 'review', review: reviewId, by } } as const;
      return alsoCertified(held, { by, at, reason: comment }, shorten(assignmentId, end, access));
    }
  }
}
