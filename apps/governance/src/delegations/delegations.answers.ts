import { instant, named, nullable, object, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import type { DelegationView } from './delegations.query.js';

export const delegationAnswer = named(
  'Delegation',
  object<DelegationView>({
    id: uuid,
    delegatorId: uuid,
    delegator: namedPersonAnswer,
    delegateId: uuid,
    delegate: namedPersonAnswer,
    from: instant,
    until: instant,
    reason: nullable(text),
    endedAt: nullable(instant),
  }),
  {
    id: '01a20d55-1fe0-7035-b0be-4fc310015bde',
    delegatorId: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
    delegator: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    delegateId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    delegate: { id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e', employeeId: '1001', displayName: 'Ada Lovelace' },
    from: '2026-03-02T09:00:00.000Z',
    until: '2026-03-16T09:00:00.000Z',
    reason: 'I am on holiday',
    endedAt: null,
  },
);
