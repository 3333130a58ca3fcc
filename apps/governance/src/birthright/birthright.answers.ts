import { instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPackageAnswer, namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import type { ExclusionView, WithheldView } from './birthright-views.js';

const ada = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';
const adaNamed = { id: ada, employeeId: '1001', displayName: 'Ada Lovelace' };
const at = '2026-03-02T09:00:00.000Z';

export const exclusionAnswer = named(
  'BirthrightExclusion',
  object<ExclusionView>({
    id: uuid,
    packageId: text,
    package: namedPackageAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    excludedBy: namedPersonAnswer,
    excludedAt: instant,
    until: instant,
    status: oneOf('active', 'ended'),
    endedAt: nullable(instant),
    code: nullable(oneOf('expired', 'ended_early')),
    reason: nullable(text),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d40',
    packageId: 'wiki-user',
    package: { id: 'wiki-user', displayName: 'Wiki' },
    identityId: ada,
    identity: adaNamed,
    excludedBy: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    excludedAt: at,
    until: '2026-05-31T09:00:00.000Z',
    status: 'active',
    endedAt: null,
    code: null,
    reason: 'An inquiry is under way',
  },
);

export const withheldAnswer = named(
  'WithheldBirthright',
  object<WithheldView>({
    id: uuid,
    packageId: text,
    package: namedPackageAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    ruleId: text,
    rule: titledAnswer,
    because: list(object<WithheldView['because'][number]>({ rule: text, packages: list(titledAnswer) })),
    withheldAt: instant,
    endedAt: nullable(instant),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d41',
    packageId: 'payment-approver',
    package: { id: 'payment-approver', displayName: 'Approve payments' },
    identityId: ada,
    identity: adaNamed,
    ruleId: 'finance',
    rule: { id: 'finance', displayName: 'Everybody in finance' },
    because: [
      {
        rule: 'payments',
        packages: [
          { id: 'payer', displayName: 'Pay' },
          { id: 'payment-approver', displayName: 'Approve payments' },
        ],
      },
    ],
    withheldAt: at,
    endedAt: null,
  },
);
