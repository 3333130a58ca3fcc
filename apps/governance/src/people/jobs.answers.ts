import { count, instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import type { AppliedChange, JobView } from './recompute-jobs.store.js';

export const jobAnswer = named(
  'GovernanceJob',
  object<JobView>({
    id: uuid,
    status: oneOf('running', 'completed'),
    change: object<AppliedChange>({
      kind: oneOf('access-package', 'application', 'birthright-rule', 'connector', 'separation-rule', 'workflow'),
      id: text,
      version: count,
    }),
    startedAt: instant,
    finishedAt: nullable(instant),
    checked: count,
    touched: count,
    gained: count,
    lost: count,
    continuedBy: nullable(uuid),
  }),
  {
    id: '01a20d55-2a11-7000-8000-00000000000a',
    status: 'completed',
    change: { kind: 'birthright-rule', id: 'everybody', version: 2 },
    startedAt: '2026-03-02T09:00:00.000Z',
    finishedAt: '2026-03-02T09:00:01.000Z',
    checked: 200,
    touched: 12,
    gained: 0,
    lost: 12,
    continuedBy: null,
  },
);
