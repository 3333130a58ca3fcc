import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { ReviewEvent } from './review.events.js';
import type { Review } from './review.js';
import type { ReviewItemEvent } from './review-item.events.js';
import { isUnverified, type ReviewItem } from './review-item.js';

/** One row for each review, open or not. */
export const reviewRows: ReadModel<Review, ReviewEvent> = {
  name: 'review',
  tables: ['review'],
  write: (changes, work, fold) =>
    work.run(
      `insert into review (id, version, status, due_at, started_at, state, fold)
       select x.id, x.version, x.status, x."dueAt", x."startedAt", x.state, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, status text, "dueAt" timestamptz, "startedAt" timestamptz, state jsonb)
       on conflict (id) do update set version = excluded.version, status = excluded.status, due_at = excluded.due_at,
         started_at = excluded.started_at, state = excluded.state, fold = excluded.fold`,
      [
        JSON.stringify(
          changes.flatMap(({ id, version, after }) =>
            after === null ? [] : [{ ...after, id, version, state: after }],
          ),
        ),
      ],
    ),
};

/** One row for each item of a review. */
export const reviewItemRows: ReadModel<ReviewItem, ReviewItemEvent> = {
  name: 'review-item',
  tables: ['review_item'],
  write: (changes, work, fold) =>
    work.run(
      `insert into review_item (id, version, review_id, assignment_id, identity_id, package_id, status, decision, unverified,
         reviewer_ids, state, fold)
       select x.id, x.version, x."reviewId", x."assignmentId", x."identityId", x."packageId", x.status, x.decision, x.unverified,
         array(select jsonb_array_elements_text(x."reviewerIds"))::uuid[], x.state, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, "reviewId" uuid, "assignmentId" uuid, "identityId" uuid,
         "packageId" text, status text, decision text, unverified boolean, "reviewerIds" jsonb, state jsonb)
       on conflict (id) do update set version = excluded.version, status = excluded.status, decision = excluded.decision,
         unverified = excluded.unverified, reviewer_ids = excluded.reviewer_ids, state = excluded.state, fold = excluded.fold`,
      [
        JSON.stringify(
          changes.flatMap(({ id, version, after }) =>
            after === null ? [] : [{ ...after, id, version, unverified: isUnverified(after), state: after }],
          ),
        ),
      ],
    ),
};
