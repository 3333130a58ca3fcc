import { namedPackageAnswer, namedPersonAnswer } from '../names/names.exports.js';
import {
  count,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import type { DecisionView, RequestView } from './requests.query.js';

const ada = { id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e', employeeId: '1001', displayName: 'Ada Lovelace' };
const grace = { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' };
const at = '2026-03-02T09:00:00.000Z';

export const requestAnswer = named(
  'AccessRequest',
  object<RequestView>({
    id: uuid,
    packageId: text,
    package: namedPackageAnswer,
    packageVersion: count,
    requesterId: uuid,
    requester: namedPersonAnswer,
    beneficiaryId: uuid,
    beneficiary: namedPersonAnswer,
    beneficiaryDepartment: nullable(text),
    status: oneOf('pending', 'approved', 'denied', 'expired', 'cancelled'),
    code: nullable(text),
    justification: nullable(text),
    requestedAt: instant,
    dueAt: nullable(instant),
    closedAt: nullable(instant),
    approverRoles: list(text),
    approvers: list(namedPersonAnswer),
    decidable: nullable(flag),
    decisions: list(
      object<DecisionView>({
        stage: count,
        approverId: uuid,
        approver: namedPersonAnswer,
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
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    packageVersion: 1,
    requesterId: ada.id,
    requester: ada,
    beneficiaryId: ada.id,
    beneficiary: ada,
    beneficiaryDepartment: 'Engineering',
    status: 'approved',
    code: null,
    justification: 'I keep the handbook up to date',
    requestedAt: at,
    dueAt: '2026-03-05T09:00:00.000Z',
    closedAt: at,
    approverRoles: ['manager'],
    approvers: [grace],
    decidable: null,
    decisions: [
      { stage: 0, approverId: grace.id, approver: grace, decision: 'approve', decidedAt: at, comment: 'Fine' },
    ],
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    delivery: 'delivered',
    removal: null,
  },
);
