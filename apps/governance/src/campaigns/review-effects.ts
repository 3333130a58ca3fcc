import { type Access, type Changes, noChanges, revoke, shorten } from '../assignments/assignments.exports.js';
import type { ReviewItemDecided } from './review-item.events.js';

/**
 * What an answer changes of what the person holds; null where the access has ended in another way.
 * @throws AssignmentEndRefused, AssignmentGivenByRule
 */
export function changesBy({ data, personal }: ReviewItemDecided, displayName: string, access: Access): Changes | null {
  const { assignmentId, reviewId } = data.item;
  const { reviewerId: by, decidedAt: at } = data;
  if (access.assignments.every((one) => one.assignmentId !== assignmentId)) return null;
  switch (data.decision) {
    case 'keep':
      return noChanges;
    case 'revoke': {
      const nobody = `Nobody answered in review ${displayName}`;
      const reason = by === null ? nobody : (personal?.comment.fields?.comment ?? `Review ${displayName}`);
      return revoke(assignmentId, { code: 'revoked_by_review', reason, exclusion: null }, access);
    }
    case 'shorten':
      return by === null
        ? noChanges
        : shorten(assignmentId, { until: data.until, at, cause: { type: 'review', review: reviewId, by } }, access);
  }
}
