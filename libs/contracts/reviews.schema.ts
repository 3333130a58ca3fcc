import {
  type JsonSchema,
  count,
  flag,
  instant,
  list,
  object,
  oneOf,
  orNull,
  personal,
  text,
  uuid,
} from './json-schema.js';
import type { ReviewEventType, ReviewItemEventType } from './reviews.js';

const reviewSchema = object(
  { review: uuid },
  {
    displayName: text,
    scope: object({ package: orNull(text), application: orNull(text), asFound: flag }, { birthrights: flag }),
    reviewers: orNull(list(text)),
    onNoResponse: { enum: ['keep', 'revoke', null] },
    dueAt: instant,
    items: count,
  },
  { description: 'A campaign in which reviewers say of access whether it stays.' },
);

const reviewCancelledSchema = object(
  { review: uuid, cancelledBy: uuid },
  { reason: personal(text, 'cancelledBy') },
  { description: 'A review ended without further decisions.', 'x-subject': 'cancelledBy' },
);

const reviewItemSchema = object(
  { item: uuid, review: uuid, assignment: uuid, identity: uuid, package: text },
  {
    reviewers: list(uuid),
    instead: list(text),
    decision: oneOf('keep', 'revoke', 'shorten'),
    until: instant,
    reviewer: orNull(uuid),
    onBehalfOf: uuid,
    verifiedBy: orNull(uuid),
    code: text,
    comment: personal(text, 'identity'),
  },
  { description: 'One assignment in a review: who decides, what, and what became of it.', 'x-subject': 'identity' },
);

/** The schema of each type of message about reviews. */
export const reviews: { readonly [Type in ReviewEventType | ReviewItemEventType]: JsonSchema } = {
  'hub.governance.review.started.v1': reviewSchema,
  'hub.governance.review.listed.v1': reviewSchema,
  'hub.governance.review.ended.v1': reviewSchema,
  'hub.governance.review.closed.v1': reviewSchema,
  'hub.governance.review.cancelled.v1': reviewCancelledSchema,
  'hub.governance.review-item.opened.v1': reviewItemSchema,
  'hub.governance.review-item.rerouted.v1': reviewItemSchema,
  'hub.governance.review-item.decided.v1': reviewItemSchema,
  'hub.governance.review-item.lapsed.v1': reviewItemSchema,
  'hub.governance.review-item.verified.v1': reviewItemSchema,
};
