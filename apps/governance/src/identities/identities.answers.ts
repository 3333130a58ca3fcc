import {
  count,
  day,
  list,
  named,
  nullable,
  object,
  oneOf,
  optional,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { optionalWorkerFields } from '#libs/service-kit/openapi/worker-fields.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import type { PulledValue } from './pulled-attributes.js';
import type { IdentityView } from './identities.query.js';

export const identityAnswer = named(
  'Identity',
  object<IdentityView>({
    ...optionalWorkerFields,
    employeeId: optional(text),
    familyName: optional(text),
    hireDate: optional(day),
    id: uuid,
    status: oneOf('active', 'on-leave', 'inactive'),
    kind: text,
    userName: nullable(text),
    displayName: nullable(text),
    manager: nullable(uuid),
    managerPerson: nullable(namedPersonAnswer),
    pulled: optional(list(object<PulledValue>({ attribute: text, value: text, connector: text, precedence: count }))),
  }),
  {
    employeeId: '1001',
    givenName: 'Ada',
    familyName: 'Lovelace',
    email: 'ada@example.org',
    department: 'Engineering',
    managerId: '1000',
    hireDate: '2026-03-02',
    id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    status: 'active',
    kind: 'person',
    userName: 'ada@example.org',
    displayName: 'Ada Lovelace',
    manager: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
    managerPerson: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
  },
);
