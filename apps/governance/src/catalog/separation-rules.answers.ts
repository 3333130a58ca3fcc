import {
  constant,
  count,
  either,
  flag,
  firstOf,
  list,
  named,
  nullable,
  object,
  onlyOf,
  oneOf,
  text,
  uuid,
  type FieldsOf,
  type Schema,
} from '#libs/service-kit/openapi/schema.js';
import type { Grant } from '#libs/contracts/catalog.js';
import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import { titledAnswer } from '../names/names.exports.js';
import { jobAnswer } from '../people/people.exports.js';
import type { SeparatedItem } from '../policy/policy.exports.js';
import type { CatalogItem, DefinedItem } from './catalog-documents.query.js';
import type { SeparationDryRun, ViolatingPerson } from './foresee-violations.query.js';

const items: Schema<readonly SeparatedItem[]> = list(
  either(text, entitled<Pick<Grant, 'application'>>({ application: text })),
);

const fields: FieldsOf<CatalogItem<'separation-rule'>> = {
  id: text,
  version: count,
  displayName: text,
  left: items,
  right: items,
  mode: oneOf('prevent', 'detect'),
  compensatingControls: items,
  owners: list(text),
  dueIn: text,
};
const example: CatalogItem<'separation-rule'> = {
  id: 'payments',
  version: 1,
  displayName: 'Who pays does not approve payments',
  left: ['payer'],
  right: ['payment-approver', { application: 'bank', role: 'Approver' }],
  mode: 'prevent',
  compensatingControls: [],
  owners: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
  dueIn: 'P30D',
};

export const separationRuleAnswer = named('SeparationRule', object(fields), example);

const definedAnswer = named(
  'DefinedSeparationRule',
  object<DefinedItem<'separation-rule'>>({ ...fields, job: nullable(jobAnswer) }),
  { ...example, job: null },
);

const dryRunAnswer = named(
  'SeparationDryRun',
  object<SeparationDryRun>({
    dryRun: constant(true),
    version: count,
    violations: count,
    people: list(
      object<ViolatingPerson>({
        id: uuid,
        employeeId: nullable(text),
        displayName: nullable(text),
        packages: list(titledAnswer),
        excepted: flag,
      }),
    ),
    more: count,
  }),
  { dryRun: true, version: 0, violations: 0, people: [], more: 0 },
);

/** A PUT answers the rule, or who would violate it. */
export const changedSeparationAnswer = firstOf(definedAnswer, dryRunAnswer);
/** What it answers that has made a rule: no dry run, although the same route answers those. */
export const madeSeparationAnswer: typeof changedSeparationAnswer = onlyOf(definedAnswer);
