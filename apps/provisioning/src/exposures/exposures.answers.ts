import { exposureCodes, exposureKinds, exposureProofs } from '#libs/contracts/exposures.js';
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
import type { ExposureView } from './exposures.query.js';

const id = '0f0c1d2e-9f9b-5b0a-8b5e-2f6f5f0a1b2c';
const thing = object<ExposureView['application']>({ id: text, displayName: text });

export const exposureAnswer = named(
  'Exposure',
  object<ExposureView>({
    id: uuid,
    state: oneOf('open', 'closed'),
    kind: oneOf(...exposureKinds),
    person: nullable(
      object<NonNullable<ExposureView['person']>>({
        id: uuid,
        employeeId: nullable(text),
        displayName: nullable(text),
      }),
    ),
    application: thing,
    connector: thing,
    account: nullable(text),
    exposed: list(text),
    owners: list(uuid),
    code: oneOf(...exposureCodes),
    why: text,
    decidedAt: instant,
    openedAt: instant,
    dueAt: instant,
    overdue: flag,
    escalations: count,
    closedAt: nullable(instant),
    how: nullable(oneOf(...exposureProofs)),
    proof: nullable(uuid),
  }),
  {
    id,
    state: 'open',
    kind: 'leaver',
    person: { id, employeeId: '1001', displayName: 'Ada Lovelace' },
    application: { id: 'wiki', displayName: 'Wiki' },
    connector: { id: 'wiki', displayName: 'Wiki' },
    account: 'u1',
    exposed: ['account', 'group:Editors'],
    owners: [id],
    code: 'application-down',
    why: 'the application does not answer, or asks to wait; the hub tries again',
    decidedAt: '2026-03-02T09:00:00.000Z',
    openedAt: '2026-03-02T09:00:05.000Z',
    dueAt: '2026-03-02T10:00:00.000Z',
    overdue: false,
    escalations: 0,
    closedAt: null,
    how: null,
    proof: null,
  },
);
