import { count, instant, list, object, oneOf, orNull, personal, text, uuid } from './json-schema.js';

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
    description: 'A parked message that a service will never handle, by an operator’s decision.',
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
    description: 'A confirmed change of a rule or package that takes access from many people.',
    'x-subject': 'releasedBy',
  },
);

export const packageVersionReleasedSchema = object(
  { package: text, version: count, releasedBy: uuid, releasedAt: instant },
  { reason: personal(text, 'releasedBy') },
  { description: 'What a version of a package adds may reach earlier holders.', 'x-subject': 'releasedBy' },
);

export const removalsReleasedSchema = object(
  { connector: text, identities: list(uuid), releasedBy: uuid },
  { reason: personal(text, 'releasedBy') },
  { description: 'Removals that the limit of a connector held go on.', 'x-subject': 'releasedBy' },
);

export const caseSchema = object(
  { case: text, connector: text, by: uuid },
  { assignee: orNull(uuid), text: personal(text, 'by') },
  { description: 'What people said about something that waits for a person.', 'x-subject': 'by' },
);

const held = { hold: uuid, of: oneOf('import', 'row'), reasons: list(text), people: count };

export const holdMadeSchema = object(held, {}, { description: 'HR statements that wait for an hr-operator.' });

export const holdDecidedSchema = object(
  { ...held, remaining: count, decidedBy: uuid },
  { reason: personal(text, 'decidedBy') },
  {
    description: 'The decision about held HR statements; `remaining` people are still held, by row.',
    'x-subject': 'decidedBy',
  },
);

export const actionRefusedSchema = object(
  { action: text, target: orNull(text), status: count, code: text, refused: uuid, unrecorded: count },
  {},
  { description: 'A change that a known caller asked for was refused.' },
);

export const recordAdoptedSchema = object(
  { adoption: uuid, adoptedBy: uuid },
  // Messages of earlier versions have neither size nor former.
  { size: count, former: orNull(object({ size: count, root: text })), reason: personal(text, 'adoptedBy') },
  {
    description: "The record of the audit log's newest checkpoint started with the existing log.",
    'x-subject': 'adoptedBy',
  },
);

export const positionsResumedSchema = object(
  {
    resumption: uuid,
    positions: list(object({ group: text, topic: text, since: instant })),
    resumedBy: uuid,
  },
  { reason: personal(text, 'resumedBy') },
  {
    description: 'Readers whose position on the bus was lost go on, by an operator’s decision.',
    'x-subject': 'resumedBy',
  },
);
