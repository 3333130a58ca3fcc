import {
  count,
  flag,
  list,
  named,
  nullable,
  number,
  object,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { titledEntitlementsAnswer } from '../catalog/catalog.exports.js';
import { titledAnswer } from '../names/names.exports.js';
import type { ProposedPackage, ProposedRule, SuggestionPreview, SuggestionView, TakenUp } from './suggestion-views.js';

const suggestionFields = {
  id: uuid,
  kind: oneOf('birthright-rule', 'access-package'),
  application: titledAnswer,
  filter: nullable(text),
  entitlements: titledEntitlementsAnswer,
  people: count,
  holders: count,
  explains: count,
  precision: number,
  coverage: number,
} as const;

const wiki = { id: 'wiki', displayName: 'Wiki' };
const suggestionExample: SuggestionView = {
  id: '5a1d0b6e-3a52-5f0e-8a53-6f1f5a0c2f11',
  kind: 'birthright-rule',
  application: wiki,
  filter: 'department eq "Engineering"',
  entitlements: [{ application: wiki, group: 'Editors' }],
  people: 40,
  holders: 38,
  explains: 36,
  precision: 0.95,
  coverage: 0.9,
};

export const suggestionAnswer = named('AccessSuggestion', object<SuggestionView>(suggestionFields), suggestionExample);

const title = 'Wiki: group Editors';
const made = 'found-5a1d0b6e3a525f0e';

export const suggestionPreviewAnswer = named(
  'AccessSuggestionPreview',
  object<SuggestionPreview>({
    ...suggestionFields,
    accessPackage: object<ProposedPackage>({ id: text, displayName: nullable(text), exists: flag }),
    birthrightRule: nullable(object<ProposedRule>({ id: text, displayName: nullable(text), filter: text })),
    replaces: count,
    gains: count,
    gaining: list(
      object<SuggestionPreview['gaining'][number]>({
        id: uuid,
        employeeId: nullable(text),
        displayName: nullable(text),
        gains: titledEntitlementsAnswer,
      }),
    ),
  }),
  {
    ...suggestionExample,
    accessPackage: { id: made, displayName: title, exists: false },
    birthrightRule: { id: made, displayName: title, filter: 'department eq "Engineering"' },
    replaces: 36,
    gains: 2,
    gaining: [
      {
        id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
        employeeId: '1001',
        displayName: 'Ada Lovelace',
        gains: [{ application: wiki, group: 'Editors' }],
      },
    ],
  },
);

export const takenUpAnswer = named(
  'TakenUpSuggestion',
  object<TakenUp>({
    packageId: text,
    ruleId: nullable(text),
    job: nullable(uuid),
    bulkChangeId: nullable(uuid),
  }),
  {
    packageId: made,
    ruleId: made,
    job: '01a20d55-2a13-7c41-9d0e-5b7a9e1c2d3f',
    bulkChangeId: '01a20d55-2a14-7c41-9d0e-5b7a9e1c2d3f',
  },
);
