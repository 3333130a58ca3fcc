import { count, instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import type { Decision } from './access-request.js';
import type { RequestView } from './requests.query.js';

const ada = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';
const grace = '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f';
const at = '2026-03-02T09:00:00.000Z';

export const requestAnswer = named(
  'AccessRequest',
  object<RequestView>({
    id: uuid,
    packageId: text,
    packageVersion: count,
    requesterId: uuid,
    beneficiaryId: uuid,
    status: oneOf('pending', 'approved', 'denied', 'expired', 'cancelled'),
    code: nullable(text),
    justification: nullable(text),
    requestedAt: instant,
    dueAt: nullable(instant),
    closedAt: nullable(instant),
    approvers: list(text),
    decisions: list(
      object<Decision>({
        stage: count,
        approverId: uuid,
        decision: oneOf('approve', 'deny'),
        decidedAt: instant,
        comment: nullable(text),
      }),
    ),
    assignmentId: nullable(uuid),
    delivery: nullable(text),
    removal: nullable(text),
  }),
  {
    id: '01a20d55-1fe0-7035-b0be-4fc310015bde',
    packageId: 'wiki-editors',
    packageVersion: 1,
    requesterId: ada,
    beneficiaryId: ada,
    status: 'approved',
    code: null,
    justification: 'I keep the handbook up to date',
    requestedAt: at,
    dueAt: '2026-03-05T09:00:00.000Z',
    closedAt: at,
    approvers: ['manager'],
    decisions: [{ stage: 0, approverId: grace, decision: 'approve', decidedAt: at, comment: 'Fine' }],
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    delivery: 'delivered',
    removal: null,
  },
);
