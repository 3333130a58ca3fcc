import { flag, list, named, nullable, object, oneOf, text } from '#libs/service-kit/openapi/schema.js';
import { namedPackageAnswer, namedPersonAnswer } from '../names/names.exports.js';
import { refusalCodes } from './access-request.errors.js';
import type { RequestablePackage } from './requestable-packages.query.js';

export const requestablePackageAnswer = named(
  'RequestablePackage',
  object<RequestablePackage>({
    id: text,
    displayName: text,
    description: nullable(text),
    applications: list(namedPackageAnswer),
    requireJustification: flag,
    requestable: flag,
    code: nullable(oneOf(...refusalCodes)),
    reason: nullable(text),
    approvers: list(namedPersonAnswer),
  }),
  {
    id: 'wiki-editors',
    displayName: 'Wiki editors',
    description: null,
    applications: [{ id: 'wiki', displayName: 'Wiki' }],
    requireJustification: true,
    requestable: true,
    code: null,
    reason: null,
    approvers: [{ id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' }],
  },
);
