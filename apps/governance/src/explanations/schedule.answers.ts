import { instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { groundsSchema } from '../assignments/assignments.exports.js';
import { titledAnswer } from '../names/names.exports.js';
import type { ScheduledStepView } from './schedule.query.js';

export const scheduledStepAnswer = named(
  'ScheduledStep',
  object<ScheduledStepView>({
    at: instant,
    event: oneOf(
      'assignment-starts',
      'assignment-ends',
      'assignment-end-announced',
      'certification-due',
      'approvers-reminded',
      'request-escalates',
      'request-expires',
      'workflow-step',
      'person-starts',
      'person-leaves',
      'leave-begins',
      'leave-ends',
      'exception-ends',
      'finding-due',
      'exclusion-ends',
      'review-ends',
    ),
    packageId: nullable(text),
    package: nullable(titledAnswer),
    assignmentId: nullable(uuid),
    requestId: nullable(uuid),
    workflowId: nullable(text),
    why: text,
    cause: nullable(groundsSchema),
  }),
  {
    at: '2026-06-01T00:00:00.000Z',
    event: 'assignment-ends',
    packageId: 'wiki-editors',
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    requestId: null,
    workflowId: null,
    why: 'its end',
    cause: {
      type: 'request',
      request: '01a20d55-1fe0-7035-b0be-4fc310015bde',
      approvers: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
    },
  },
);
