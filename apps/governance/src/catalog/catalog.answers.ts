import type { Approval, EntitlementWords, ReviewPolicy } from '#libs/contracts/catalog.js';
import {
  constant,
  count,
  either,
  firstOf,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  onlyOf,
  optional,
  text,
  type FieldsOf,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { jobAnswer } from '../people/people.exports.js';
import { stageAnswer } from '../policy/policy.exports.js';
import { namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import type { CatalogItem, DefinedItem, DefinedPackage } from './catalog-documents.query.js';
import type { DefinitionWarning } from './known-entitlements.store.js';
import type { Grant } from '#libs/contracts/catalog.js';
import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import type {
  DryRun,
  DryRunPerson,
  LossCount,
  RefusedVersion,
  Retirement,
  TitledEntitlement,
  TouchedPerson,
  Touches,
} from './touches.js';

export const applicationAnswer = named(
  'Application',
  object<CatalogItem<'application'>>({
    id: text,
    version: count,
    displayName: text,
    connectorId: nullable(text),
    provisionedBy: oneOf('hub', 'identity-provider', 'manual', 'unknown'),
    owners: list(text),
    region: nullable(text),
    dataClass: nullable(oneOf('public', 'internal', 'confidential', 'restricted')),
    priority: oneOf('low', 'normal', 'high', 'critical'),
    entitlements: list(
      entitled<EntitlementWords>({
        description: nullable(text),
        risk: oneOf('low', 'medium', 'high'),
        owner: nullable(text),
        privileged: flag,
      }),
    ),
    ownerPeople: list(namedPersonAnswer),
  }),
  {
    id: 'wiki',
    version: 1,
    displayName: 'Wiki',
    connectorId: 'wiki',
    provisionedBy: 'hub',
    region: 'eu',
    dataClass: 'internal',
    priority: 'normal',
    entitlements: [
      { group: 'Administrators', description: 'May change every page', risk: 'high', owner: null, privileged: true },
    ],
    owners: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
    ownerPeople: [{ id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' }],
  },
);

const grant = entitled<Pick<Grant, 'application'>>({ application: text });

const accessPackageFields: FieldsOf<CatalogItem<'access-package'>> = {
  id: text,
  version: count,
  displayName: text,
  description: nullable(text),
  status: oneOf('draft', 'published', 'deprecated', 'retired'),
  owners: list(text),
  includes: list(text),
  justInTime: nullable(text),
  breakGlass: nullable(text),
  grants: list(grant),
  applications: list(titledAnswer),
  eligibility: nullable(text),
  successor: nullable(text),
  eligibilityLost: oneOf('end', 'approve-again', 'keep'),
  graceDays: count,
  requestFor: nullable(oneOf('self', 'team', 'anyone')),
  requireJustification: flag,
  approval: nullable(
    either(
      constant('none'),
      object<Exclude<Approval, 'none'>>({ stages: list(stageAnswer), distinctApprovers: optional(flag) }),
    ),
  ),
  maxDuration: nullable(text),
  extendable: flag,
  suspendOnLeave: flag,
  incompatibleWith: list(text),
  review: nullable(
    object<ReviewPolicy>({ every: nullable(text), reviewers: list(text), onNoResponse: oneOf('keep', 'revoke') }),
  ),
};
const accessPackageExample: CatalogItem<'access-package'> = {
  id: 'wiki-editors',
  version: 1,
  displayName: 'Wiki editors',
  description: null,
  status: 'published',
  owners: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
  includes: [],
  justInTime: null,
  breakGlass: null,
  grants: [{ application: 'wiki', group: 'Editors' }],
  applications: [{ id: 'wiki', displayName: 'Wiki' }],
  eligibility: 'department eq "Engineering"',
  eligibilityLost: 'keep',
  graceDays: 14,
  requestFor: 'self',
  requireJustification: true,
  approval: {
    stages: [{ approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny', escalateTo: [] }],
    distinctApprovers: true,
  },
  maxDuration: 'P90D',
  extendable: true,
  suspendOnLeave: false,
  incompatibleWith: ['wiki-auditors'],
  successor: null,
  review: { every: 'P90D', reviewers: ['manager'], onNoResponse: 'revoke' },
};

export const accessPackageAnswer = named('AccessPackage', object(accessPackageFields), accessPackageExample);

const definedPackageAnswer = named(
  'DefinedAccessPackage',
  object<DefinedPackage>({
    ...accessPackageFields,
    job: nullable(jobAnswer),
    warnings: list(object<DefinitionWarning>({ pointer: text, detail: text })),
  }),
  { ...accessPackageExample, job: null, warnings: [] },
);

const birthrightRuleFields: FieldsOf<CatalogItem<'birthright-rule'>> = {
  id: text,
  version: count,
  displayName: text,
  filter: text,
  packages: list(text),
  privilegedException: nullable(text),
  privilegedExceptionUntil: nullable(instant),
  graceDays: count,
  packageNames: list(titledAnswer),
};
const birthrightRuleExample: CatalogItem<'birthright-rule'> = {
  id: 'everybody',
  version: 1,
  displayName: 'Everybody has the wiki',
  filter: 'employmentType ne "guest"',
  packages: ['wiki-user'],
  privilegedException: null,
  privilegedExceptionUntil: null,
  graceDays: 0,
  packageNames: [{ id: 'wiki-user', displayName: 'Wiki' }],
};

export const birthrightRuleAnswer = named('BirthrightRule', object(birthrightRuleFields), birthrightRuleExample);

const definedRuleAnswer = named(
  'DefinedBirthrightRule',
  object<DefinedItem<'birthright-rule'>>({ ...birthrightRuleFields, job: nullable(jobAnswer) }),
  { ...birthrightRuleExample, job: null },
);

const titled = object<TitledEntitlement['application']>({ id: text, displayName: nullable(text) });
export const titledEntitlementsAnswer = list(entitled<Pick<TitledEntitlement, 'application'>>({ application: titled }));
const lossCount = object<LossCount>({ loses: count, holders: count });

/** The people from whom a refused change would take access. */
export const touchesSchema = object<Touches>({
  loses: count,
  holders: count,
  lastHour: lossCount,
  people: list(
    object<TouchedPerson>({
      id: uuid,
      employeeId: nullable(text),
      displayName: nullable(text),
      loses: titledEntitlementsAnswer,
    }),
  ),
  more: count,
});

export const refusedVersionFields: FieldsOf<RefusedVersion> = {
  package: titledAnswer,
  version: count,
  code: oneOf('not_eligible', 'incompatible', 'own_release'),
  because: list(object<RefusedVersion['because'][number]>({ rule: text, packages: list(titledAnswer) })),
};

/** Whom a change would touch. */
export const dryRunAnswer = named(
  'DryRun',
  object<DryRun>({
    dryRun: constant(true),
    version: count,
    gains: count,
    refused: count,
    needsRelease: flag,
    retirement: nullable(
      object<Retirement>({
        successor: nullable(titledAnswer),
        moves: count,
        ends: count,
        rules: list(titledAnswer),
        incompatibilities: list(text),
      }),
    ),
    loses: count,
    holders: count,
    lastHour: lossCount,
    needsConfirmation: flag,
    people: list(
      object<DryRunPerson>({
        id: uuid,
        employeeId: nullable(text),
        displayName: nullable(text),
        gains: titledEntitlementsAnswer,
        loses: titledEntitlementsAnswer,
        refused: list(object<RefusedVersion>(refusedVersionFields)),
        retired: nullable(oneOf('moves', 'ends')),
      }),
    ),
    more: count,
  }),
  {
    dryRun: true,
    version: 3,
    gains: 0,
    refused: 0,
    needsRelease: false,
    retirement: null,
    loses: 1,
    holders: 40,
    lastHour: { loses: 1, holders: 40 },
    needsConfirmation: false,
    people: [
      {
        id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
        employeeId: '1001',
        displayName: 'Ada Lovelace',
        gains: [],
        loses: [{ application: { id: 'wiki', displayName: 'Wiki' }, group: 'Editors' }],
        refused: [],
        retired: null,
      },
    ],
    more: 0,
  },
);

/** The answer to a change: the document, or with dryRun the people whom the change would affect. */
export const changedPackageAnswer = firstOf(definedPackageAnswer, dryRunAnswer);
export const changedRuleAnswer = firstOf(definedRuleAnswer, dryRunAnswer);

/** The answer to a creation. The same route also answers dry runs, which have another shape. */
export const madePackageAnswer: typeof changedPackageAnswer = onlyOf(definedPackageAnswer);
export const madeRuleAnswer: typeof changedRuleAnswer = onlyOf(definedRuleAnswer);
