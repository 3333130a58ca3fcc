import { count, object, oneOf, orNull, personal, text, uuid } from './json-schema.js';

export const messageDismissedSchema = object(
  {
    message: object({
      id: uuid,
      type: text,
      topic: text,
      key: orNull(text),
      source: text,
      sequence: count,
      epoch: count,
    }),
    group: text,
    dismissedBy: uuid,
  },
  { reason: personal(text, 'dismissedBy') },
  {
    description: 'A parked message that a service will never handle, as somebody decided.',
    'x-subject': 'dismissedBy',
  },
);

export const policyChangeReleasedSchema = object(
  {
    change: object({ kind: oneOf('access-package', 'birthright-rule'), id: text, version: count }),
    loses: count,
    holders: count,
    confirmed: count,
    releasedBy: uuid,
  },
  { reason: personal(text, 'releasedBy') },
  {
    description: 'A change of a rule or package that takes access from many was made, because somebody confirmed it.',
    'x-subject': 'releasedBy',
  },
);
