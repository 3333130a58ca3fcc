import { flag, list, named, object, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { optionalWorkerFields, requiredWorkerFields } from '#libs/service-kit/openapi/worker-fields.js';
import type { WorkerView } from './worker-view.js';

/** What a statement about a worker caused. */
export interface WorkerAnswer {
  readonly worker: WorkerView;
  /** Empty when nothing changed. */
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

const workerExample: WorkerView = {
  employeeId: '1001',
  givenName: 'Ada',
  familyName: 'Lovelace',
  email: 'ada.lovelace@example.com',
  department: 'Engineering',
  jobTitle: 'Analyst',
  location: 'London',
  managerId: '1000',
  hireDate: '2026-03-02',
  id: '0198c0de-0000-7000-8000-00000000000a',
  person: '0198c0de-0000-7000-8000-00000000000b',
  employed: true,
  onLeave: false,
};

export const workerAnswer = named(
  'Worker',
  object<WorkerView>({
    ...optionalWorkerFields,
    ...requiredWorkerFields,
    id: uuid,
    person: uuid,
    employed: flag,
    onLeave: flag,
  }),
  workerExample,
);

export const workerStated = named(
  'WorkerStated',
  object<WorkerAnswer>({
    worker: workerAnswer,
    events: list(object<WorkerAnswer['events'][number]>({ id: uuid, type: text })),
  }),
  { worker: workerExample, events: [{ id: '0198c0de-0000-7000-8000-000000000001', type: 'hub.hr.worker.hired.v1' }] },
);
