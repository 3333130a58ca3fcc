import { count, object, orNull, personal, text, uuid } from './json-schema.js';

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
