import { count, flag, instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import type { HoldView } from './read-holds.query.js';

/** A statement that waits, or waited, for a person. */
export const holdAnswer = named(
  'Hold',
  object<HoldView>({
    id: uuid,
    kind: oneOf('leaving', 'losing-access', 'missing', 'other-person', 'repeated'),
    status: oneOf('held', 'passed', 'released', 'cancelled'),
    employeeId: text,
    displayName: text,
    worker: nullable(uuid),
    import: nullable(uuid),
    line: nullable(count),
    detail: text,
    heldAt: instant,
    deadline: instant,
    overdue: flag,
    decidedAt: nullable(instant),
    decidedBy: nullable(text),
  }),
  {
    id: '0198c0de-0000-7000-8000-00000000000d',
    kind: 'leaving',
    status: 'held',
    employeeId: '1001',
    displayName: 'Ada Lovelace',
    worker: '0198c0de-0000-7000-8000-00000000000a',
    import: '0198c0de-0000-7000-8000-00000000000c',
    line: 14,
    detail: 'leaves at the same time as too many other people',
    heldAt: '2026-03-02T09:00:00.000Z',
    deadline: '2026-03-03T09:00:00.000Z',
    overdue: false,
    decidedAt: null,
    decidedBy: null,
  },
);
