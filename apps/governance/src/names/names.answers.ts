import { named, nullable, object, text, uuid, type Schema } from '#libs/service-kit/openapi/schema.js';
import type { Titled } from '../policy/policy.exports.js';
import type { NamedPackage, NamedPerson } from './named-person.js';

/** A person in an answer. */
export const namedPersonAnswer: Schema<NamedPerson> = named(
  'NamedPerson',
  object<NamedPerson>({ id: uuid, employeeId: nullable(text), displayName: nullable(text) }),
  { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
);

/** A package in an answer; `displayName` is null if there is none with this id. */
export const namedPackageAnswer = named(
  'NamedPackage',
  object<NamedPackage>({ id: text, displayName: nullable(text) }),
  { id: 'wiki-editors', displayName: 'Wiki editors' },
);

/** A rule or application in an answer. */
export const titledAnswer = object<Titled>({ id: text, displayName: nullable(text) });
