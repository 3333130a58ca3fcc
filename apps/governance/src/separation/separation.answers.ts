import { instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import type { ExceptionView, FindingView } from './separation-views.js';

const rule = { id: 'payments', displayName: 'Who pays does not approve payments' };
const identity = { id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e', employeeId: '1001', displayName: 'Ada Lovelace' };
const about = { ruleId: rule.id, rule, identityId: identity.id, identity };

export const exceptionAnswer = named(
  'SeparationException',
  object<ExceptionView>({
    id: uuid,
    ruleId: text,
    rule: titledAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    grantedBy: namedPersonAnswer,
    mitigation: nullable(text),
    grantedAt: instant,
    endsAt: instant,
    status: oneOf('active', 'ended'),
    endedAt: nullable(instant),
    code: nullable(oneOf('expired', 'withdrawn', 'left')),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    ...about,
    grantedBy: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    mitigation: 'A second person countersigns every payment',
    grantedAt: '2026-03-02T09:00:00.000Z',
    endsAt: '2026-04-01T00:00:00.000Z',
    status: 'active',
    endedAt: null,
    code: null,
  },
);

export const findingAnswer = named(
  'SeparationFinding',
  object<FindingView>({
    id: uuid,
    ruleId: text,
    rule: titledAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    packages: list(titledAnswer),
    owners: list(text),
    status: oneOf('open', 'excepted', 'solved'),
    foundAt: instant,
    dueAt: instant,
    solvedAt: nullable(instant),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d40',
    ...about,
    packages: [
      { id: 'payer', displayName: 'Payments' },
      { id: 'payment-approver', displayName: 'Approval of payments' },
    ],
    owners: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
    status: 'open',
    foundAt: '2026-03-02T09:00:00.000Z',
    dueAt: '2026-04-01T09:00:00.000Z',
    solvedAt: null,
  },
);
