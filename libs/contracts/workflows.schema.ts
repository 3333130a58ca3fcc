import { count, flag, instant, list, object, oneOf, orNull, text, uuid } from './json-schema.js';

const trigger = oneOf('joiner', 'mover', 'leaver');

const workflowStep = {
  offsetDays: { type: 'integer' },
  action: oneOf('grant', 'revoke', 'disable', 'transfer-ownership', 'delete', 'notify'),
  package: orNull(text),
  to: { enum: ['person', 'manager', null] },
  message: orNull(text),
} as const;

export const workflowSchema = object(
  {
    workflow: text,
    displayName: text,
    trigger,
    filter: orNull(text),
    enabled: flag,
    steps: list(object(workflowStep)),
  },
  {},
  { description: 'What happens to people who join, move or leave, besides what rules do.' },
);

const plannedStep = {
  step: uuid,
  workflow: text,
  workflowVersion: count,
  trigger,
  dueAt: instant,
  afterLeaving: flag,
  ...workflowStep,
} as const;

export const workflowStepsSchema = object(
  { identity: uuid, code: text, steps: list(object(plannedStep)) },
  {},
  { description: 'Steps of workflows that are planned, or cancelled, for one person.', 'x-subject': 'identity' },
);

export const workflowStepTakenSchema = object(
  {
    identity: uuid,
    ...plannedStep,
    outcome: oneOf('done', 'not-needed', 'failed'),
    code: orNull(text),
    assignment: orNull(uuid),
    recipient: orNull(uuid),
    takenAt: instant,
  },
  {},
  { description: 'One step of a workflow for one person, as it was taken.', 'x-subject': 'identity' },
);

export const workflowStepAnsweredSchema = object(
  {
    identity: uuid,
    ...plannedStep,
    answers: list(object({ about: text, word: oneOf('waiting', 'done', 'failed') })),
    code: orNull(text),
    answeredAt: instant,
  },
  {},
  { description: 'What became of a step of a workflow that was taken.', 'x-subject': 'identity' },
);

export const moverRuleSchema = object(
  {
    rule: text,
    displayName: text,
    filter: orNull(text),
    requestedAccess: oneOf('keep', 'review', 'end'),
    days: count,
    renames: list(object({ attribute: oneOf('department', 'jobTitle', 'location'), from: text, to: text })),
  },
  {},
  { description: 'What becomes of access that no rule gives, when its holder moves.' },
);
