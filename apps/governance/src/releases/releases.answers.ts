import {
  count,
  either,
  instant,
  list,
  named,
  nullable,
  object,
  type Schema,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import {
  type DryRun,
  dryRunAnswer,
  refusedVersionFields,
  titledEntitlementsAnswer,
} from '../catalog/catalog.exports.js';
import { namedPackageAnswer, namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import { jobAnswer, type JobView } from '../people/people.exports.js';
import type { WaitingVersion, WithheldVersionView } from './release-views.js';

/** The job of a release, or with dryRun whom it would touch. */
export const releaseAnswer: Schema<JobView | DryRun> = {
  ...either(jobAnswer, dryRunAnswer),
  example: jobAnswer.example,
};

const tools = { id: 'engineering-tools', displayName: 'Engineering tools' };

export const waitingVersionAnswer = named(
  'WaitingVersion',
  object<WaitingVersion>({
    packageId: text,
    package: namedPackageAnswer,
    version: count,
    released: nullable(count),
    grants: titledEntitlementsAnswer,
    includes: list(titledAnswer),
    holders: count,
  }),
  {
    packageId: tools.id,
    package: tools,
    version: 3,
    released: null,
    grants: [{ application: { id: 'build', displayName: 'Build server' }, group: 'Developers' }],
    includes: [],
    holders: 40,
  },
);

export const withheldVersionAnswer = named(
  'WithheldVersion',
  object<WithheldVersionView>({
    ...refusedVersionFields,
    assignmentId: uuid,
    heldPackage: titledAnswer,
    identityId: uuid,
    identity: namedPersonAnswer,
    withheldAt: instant,
  }),
  {
    package: tools,
    version: 3,
    code: 'incompatible',
    because: [{ rule: 'build', packages: [tools, { id: 'auditors', displayName: 'Auditors' }] }],
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    heldPackage: tools,
    identityId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    identity: { id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e', employeeId: '1001', displayName: 'Ada Lovelace' },
    withheldAt: '2026-03-12T09:00:00.000Z',
  },
);
