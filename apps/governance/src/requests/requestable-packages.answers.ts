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
    maxDuration: nullable(text),
    requestable: flag,
    code: nullable(oneOf(...refusalCodes)),
    reason: nullable(text),
    reasons: list(object<RequestablePackage['reasons'][number]>({ code: oneOf(...refusalCodes), reason: text })),
    approvers: list(namedPersonAnswer),
  }),
  {
    id: 'wiki-editors',
    displayName: 'Wiki editors',
    description: null,
    applications: [{ id: 'wiki', displayName: 'Wiki' }],
    requireJustification: true,
    maxDuration: 'P90D',
    requestable: true,
    code: null,
    reason: null,
    reasons: [],
    approvers: [{ id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' }],
  },
);
