import {
  day,
  flag,
  instant,
  list,
  object,
  oneOf,
  personal,
  record,
  text,
  uuid,
  type JsonSchema,
} from './json-schema.js';
import type { WorkerAttributes } from './hr-lifecycle.js';

const attributes = {
  personId: text,
  givenName: text,
  middleName: text,
  honorificPrefix: text,
  honorificSuffix: text,
  preferredName: text,
  preferredLanguage: text,
  birthDate: day,
  email: text,
  phoneNumbers: list(text),
  addresses: list(text),
  department: text,
  division: text,
  costCenter: text,
  company: text,
  jobTitle: text,
  location: text,
  country: text,
  managerId: text,
  employmentType: text,
  sponsorId: text,
  timeZone: text,
  status: oneOf('active', 'on-leave'),
  lastWorkingDay: day,
  terminationDate: day,
  accessEndsAt: instant,
  terminationType: text,
  leaveFrom: day,
  leaveUntil: day,
  custom: { type: 'object', additionalProperties: text },
} as const satisfies Partial<Record<keyof WorkerAttributes, JsonSchema>>;

export const workerAttributesSchema = object({ employeeId: text, familyName: text, hireDate: day }, attributes);

export const workerSchema = object(
  {
    worker: uuid,
    person: uuid,
    employed: flag,
    onLeave: flag,
    attributes: personal(workerAttributesSchema, 'worker'),
    before: personal(record, 'worker'),
  },
  {},
  { description: "A worker's whole state at one version.", 'x-subject': 'worker' },
);
