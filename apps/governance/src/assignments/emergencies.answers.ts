import { instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPackageAnswer, namedPersonAnswer } from '../names/names.exports.js';
import type { EmergencyView } from './emergencies.query.js';

export const emergencyAnswer = named(
  'Emergency',
  object<EmergencyView>({
    assignmentId: uuid,
    packageId: text,
    package: namedPackageAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    takenAt: instant,
    outcome: nullable(oneOf('justified', 'unjustified')),
    reviewedBy: nullable(namedPersonAnswer),
    reviewedAt: nullable(instant),
    comment: nullable(text),
  }),
  {
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    packageId: 'bank-root',
    package: { id: 'bank-root', displayName: 'Root of the bank' },
    identityId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    identity: { id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e', employeeId: '1001', displayName: 'Ada Lovelace' },
    takenAt: '2026-03-02T02:00:00.000Z',
    outcome: 'justified',
    reviewedBy: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    reviewedAt: '2026-03-02T09:00:00.000Z',
    comment: 'The payment run had failed',
  },
);
