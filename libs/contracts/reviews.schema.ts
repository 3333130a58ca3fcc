import { count, flag, instant, list, object, oneOf, orNull, personal, text, uuid } from './json-schema.js';

export const reviewSchema = object(
  { review: uuid },
  {
    displayName: text,
    scope: object({ package: orNull(text), application: orNull(text), asFound: flag }),
    reviewers: orNull(list(text)),
    onNoResponse: { enum: ['keep', 'revoke', null] },
    dueAt: instant,
    items: count,
  },
  { description: 'A campaign in which reviewers say of access whether it stays.' },
);

export const reviewCancelledSchema = object(
  { review: uuid, cancelledBy: uuid },
  { reason: personal(text, 'cancelledBy') },
  { description: 'A review ended without further decisions.', 'x-subject': 'cancelledBy' },
);

export const reviewItemSchema = object(
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
