import {
  constant,
  count,
  firstOf,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  onlyOf,
  text,
  uuid,
  type FieldsOf,
  type Schema,
} from '#libs/service-kit/openapi/schema.js';
import { cancelCodes, stepCodes } from '../assignments/assignments.exports.js';
import type { CatalogItem, DefinedItem } from '../catalog/catalog.exports.js';
import { namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import { jobAnswer } from '../people/people.exports.js';
import { type WorkflowStep, workflowActions, workflowRecipients, workflowTriggers } from '../policy/policy.exports.js';
import type { ForeseenWorkflowPerson, ForeseenWorkflowStep, WorkflowDryRun } from './foresee-workflow.query.js';
import { laterCodes, shownStatuses, type WorkflowStepView } from './workflow-steps.query.js';

/** Days, before or after. */
const days: Schema<number> = { json: { type: 'integer' } };

const fields: FieldsOf<CatalogItem<'workflow'>> = {
  id: text,
  version: count,
  displayName: text,
  trigger: oneOf(...workflowTriggers),
  filter: nullable(text),
  enabled: flag,
  steps: list(
    object<WorkflowStep>({
      offsetDays: days,
      action: oneOf(...workflowActions),
      package: nullable(text),
      to: nullable(oneOf(...workflowRecipients)),
      message: nullable(text),
    }),
  ),
  packageNames: list(titledAnswer),
};

const example: CatalogItem<'workflow'> = {
  id: 'engineers-begin',
  version: 1,
  displayName: 'Engineers begin',
  trigger: 'joiner',
  filter: 'department eq "Engineering"',
  enabled: true,
  steps: [
    { offsetDays: 0, action: 'grant', package: 'wiki-editors', to: null, message: null },
    { offsetDays: 30, action: 'notify', package: null, to: 'manager', message: 'Has everything arrived?' },
  ],
  packageNames: [{ id: 'wiki-editors', displayName: 'Wiki editors' }],
};

export const workflowAnswer = named('Workflow', object(fields), example);

const definedAnswer = named(
  'DefinedWorkflow',
  object<DefinedItem<'workflow'>>({ ...fields, job: nullable(jobAnswer) }),
  { ...example, job: null },
);

const dryRunAnswer = named(
  'WorkflowDryRun',
  object<WorkflowDryRun>({
    dryRun: constant(true),
    version: count,
    matching: count,
    plannedNow: count,
    people: list(
      object<ForeseenWorkflowPerson>({
        id: uuid,
        employeeId: nullable(text),
        displayName: nullable(text),
        steps: list(
          object<ForeseenWorkflowStep>({
            offsetDays: days,
            action: oneOf(...workflowActions),
            package: nullable(titledAnswer),
            dueAt: nullable(instant),
            code: nullable(oneOf(...stepCodes)),
          }),
        ),
      }),
    ),
    more: count,
  }),
  { dryRun: true, version: 0, matching: 0, plannedNow: 0, people: [], more: 0 },
);

/** A PUT answers the workflow, or whom it would touch. */
export const changedWorkflowAnswer = firstOf(definedAnswer, dryRunAnswer);
/** What it answers that has made a workflow: no dry run, although the same route answers those. */
export const madeWorkflowAnswer: typeof changedWorkflowAnswer = onlyOf(definedAnswer);

const ada = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';

export const workflowStepAnswer = named(
  'WorkflowStep',
  object<WorkflowStepView>({
    id: uuid,
    workflowId: text,
    workflow: titledAnswer,
    workflowVersion: count,
    trigger: oneOf(...workflowTriggers),
    identityId: uuid,
    identity: namedPersonAnswer,
    offsetDays: days,
    dueAt: instant,
    afterLeaving: flag,
    action: oneOf(...workflowActions),
    package: nullable(titledAnswer),
    to: nullable(oneOf(...workflowRecipients)),
    message: nullable(text),
    status: oneOf(...shownStatuses),
    code: nullable(oneOf(...stepCodes, ...cancelCodes, ...laterCodes)),
    overAt: nullable(instant),
    assignmentId: nullable(uuid),
    recipient: nullable(namedPersonAnswer),
    answers: list(
      object<WorkflowStepView['answers'][number]>({ about: text, word: oneOf('waiting', 'done', 'failed') }),
    ),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    workflowId: 'engineers-begin',
    workflow: { id: 'engineers-begin', displayName: 'Engineers begin' },
    workflowVersion: 1,
    trigger: 'joiner',
    identityId: ada,
    identity: { id: ada, employeeId: '1001', displayName: 'Ada Lovelace' },
    offsetDays: 0,
    dueAt: '2026-03-02T00:00:00.000Z',
    afterLeaving: false,
    action: 'grant',
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    to: null,
    message: null,
    status: 'done',
    code: null,
    overAt: '2026-03-02T00:00:01.000Z',
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d40',
    recipient: null,
    answers: [],
  },
);
