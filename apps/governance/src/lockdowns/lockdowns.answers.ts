import { instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { removalState } from '../assignments/assignments.exports.js';
import type { LockdownAct } from './lockdown.js';
import type { LockdownView } from './lockdowns.query.js';
import type { Receipt } from './receipts.js';

const act = object<LockdownAct>({ at: instant, by: text, reason: nullable(text) });

export const lockdownAnswer = named(
  'Lockdown',
  object<LockdownView>({
    identityId: uuid,
    status: oneOf('locked', 'released'),
    locked: act,
    released: nullable(act),
    receipts: list(
      object<Receipt>({ application: text, decidedAt: instant, state: removalState, answeredAt: nullable(instant) }),
    ),
  }),
  {
    identityId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    status: 'locked',
    locked: {
      at: '2026-03-02T09:00:00.000Z',
      by: 'identity/2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
      reason: 'Credentials were stolen',
    },
    released: null,
    receipts: [
      {
        application: 'wiki',
        decidedAt: '2026-03-02T09:00:00.000Z',
        state: 'done',
        answeredAt: '2026-03-02T09:00:01.000Z',
      },
    ],
  },
);
