import { count, instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import type { Responsibility } from './responsibilities.js';
import type { SuccessionView } from './successions.query.js';

const leo = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';
const mia = '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f';

export const successionAnswer = named(
  'Succession',
  object<SuccessionView>({
    leaverId: uuid,
    leaver: namedPersonAnswer,
    status: oneOf('open', 'done'),
    items: list(
      object<Responsibility>({
        kind: oneOf('application', 'access-package', 'separation-rule', 'identity'),
        id: text,
        as: oneOf('owner', 'approver', 'sponsor'),
      }),
    ),
    reports: count,
    sponsored: count,
    openedAt: instant,
    successorId: nullable(uuid),
    successor: nullable(namedPersonAnswer),
    closedAt: nullable(instant),
  }),
  {
    leaverId: leo,
    leaver: { id: leo, employeeId: '1001', displayName: 'Leo Leaver' },
    status: 'done',
    items: [{ kind: 'application', id: 'wiki', as: 'owner' }],
    reports: 3,
    sponsored: 0,
    openedAt: '2026-03-02T09:00:00.000Z',
    successorId: mia,
    successor: { id: mia, employeeId: '1000', displayName: 'Mia Manager' },
    closedAt: '2026-03-02T09:00:00.000Z',
  },
);
