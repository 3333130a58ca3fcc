import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { day, instant, list, map, oneOf, optional, text, type FieldsOf } from './schema.js';

type Required = 'employeeId' | 'familyName' | 'hireDate';

/** What HR may state about a worker. */
export const optionalWorkerFields: FieldsOf<Omit<WorkerAttributes, Required>> = {
  personId: optional(text),
  givenName: optional(text),
  middleName: optional(text),
  honorificPrefix: optional(text),
  honorificSuffix: optional(text),
  preferredName: optional(text),
  preferredLanguage: optional(text),
  birthDate: optional(day),
  email: optional(text),
  phoneNumbers: optional(list(text)),
  addresses: optional(list(text)),
  department: optional(text),
  division: optional(text),
  costCenter: optional(text),
  company: optional(text),
  jobTitle: optional(text),
  location: optional(text),
  country: optional(text),
  managerId: optional(text),
  employmentType: optional(text),
  sponsorId: optional(text),
  timeZone: optional(text),
  status: optional(oneOf('active', 'on-leave')),
  lastWorkingDay: optional(day),
  terminationDate: optional(day),
  accessEndsAt: optional(instant),
  terminationType: optional(text),
  leaveFrom: optional(day),
  leaveUntil: optional(day),
  custom: optional(map(text)),
};

/** What HR must state. */
export const requiredWorkerFields: FieldsOf<Pick<WorkerAttributes, Required>> = {
  employeeId: text,
  familyName: text,
  hireDate: day,
};
