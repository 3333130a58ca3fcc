import {
  anything,
  count,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  text,
  uuid,
  type Schema,
} from '#libs/service-kit/openapi/schema.js';
import type { Warning } from '#libs/mapping/warnings.js';
import type { Step } from '#libs/mapping/evaluate.js';
import type { Value } from '#libs/mapping/expression.js';
import type { EvaluatedEntry, EvaluatedMapping, MatchingValue, PullRule } from '../accounts/accounts.exports.js';
import { mappingEntry } from './connectors.answers.js';
import type { DataFlow, DataFlowEntry } from './data-flow.js';
import {
  type EntryDifference,
  type MappingDifference,
  mappingSettings,
  type SettingDifference,
} from './mapping-versions.js';
import type { ComparedMappings, MappingVersion, MappingVersionView } from './mapping-versions.query.js';

export const evaluatedMappingAnswer = named(
  'EvaluatedMapping',
  object<EvaluatedMapping>({
    identity: uuid,
    application: text,
    missingFields: list(text),
    inScope: flag,
    missedCondition: nullable(text),
    matching: list(object<MatchingValue>({ target: text, value: text })),
    entries: list(
      object<EvaluatedEntry>({
        target: text,
        type: oneOf('direct', 'constant', 'expression', 'default'),
        apply: oneOf('always', 'create-only'),
        strength: oneOf('always', 'only-if-empty'),
        outcome: oneOf('value', 'empty', 'ignored', 'failed', 'waiting'),
        value: anything,
        detail: nullable(text),
        warnings: list(object<Warning>({ code: text, detail: text, at: count })),
        steps: list(object<Step>({ expression: text, at: count, value: anything as Schema<Value> })),
      }),
    ),
  }),
  {
    identity: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
    application: 'wiki',
    missingFields: [],
    inScope: true,
    missedCondition: null,
    matching: [],
    entries: [
      {
        target: 'nickName',
        type: 'expression',
        apply: 'always',
        strength: 'always',
        outcome: 'value',
        value: 'ada.b',
        detail: null,
        warnings: [],
        steps: [{ expression: 'Left([familyName], 1)', at: 20, value: 'b' }],
      },
    ],
  },
);

const entryDifference = object<EntryDifference>({
  target: text,
  change: oneOf('added', 'removed', 'changed'),
  fields: list(text),
  before: nullable(mappingEntry),
  after: nullable(mappingEntry),
});
const settingDifference = object<SettingDifference>({
  setting: oneOf(...mappingSettings),
  before: anything,
  after: anything,
});
const version = object<MappingVersion>({ version: count, at: instant, actor: text });

const newNickName: EntryDifference = {
  target: 'nickName',
  change: 'added',
  fields: [],
  before: null,
  after: {
    target: 'nickName',
    type: 'direct',
    source: 'preferredName',
    value: null,
    expression: null,
    default: null,
    onNull: 'clear',
    apply: 'always',
    strength: 'always',
  },
};

export const mappingVersionAnswer = named(
  'MappingVersion',
  object<MappingVersionView>({
    version: count,
    at: instant,
    actor: text,
    entries: count,
    difference: nullable(
      object<MappingDifference>({ entries: list(entryDifference), settings: list(settingDifference) }),
    ),
  }),
  {
    version: 3,
    at: '2026-03-02T10:00:00.000Z',
    actor: 'identity/6f9619ff-8b86-4011-b42d-00c04fc964ff',
    entries: 1,
    difference: { entries: [newNickName], settings: [] },
  },
);

export const comparedMappingsAnswer = named(
  'ComparedMappings',
  object<ComparedMappings>({
    connector: text,
    from: version,
    to: version,
    entries: list(entryDifference),
    settings: list(settingDifference),
  }),
  {
    connector: 'wiki',
    from: { version: 1, at: '2026-03-01T10:00:00.000Z', actor: 'identity/6f9619ff-8b86-4011-b42d-00c04fc964ff' },
    to: { version: 3, at: '2026-03-02T10:00:00.000Z', actor: 'identity/6f9619ff-8b86-4011-b42d-00c04fc964ff' },
    entries: [newNickName],
    settings: [],
  },
);

export const dataFlowAnswer = named(
  'DataFlow',
  object<DataFlow>({
    connector: text,
    applications: list(text),
    recipient: text,
    mode: oneOf('observe', 'enforce'),
    entries: list(
      object<DataFlowEntry>({
        target: text,
        because: oneOf('default', 'mapping', 'matching'),
        type: oneOf('direct', 'constant', 'expression', 'default', 'search'),
        apply: oneOf('always', 'create-only'),
        strength: oneOf('always', 'only-if-empty'),
        sources: list(text),
        sensitive: list(text),
      }),
    ),
    sources: list(text),
    pulls: list(object<PullRule>({ target: text, attribute: text, precedence: count })),
  }),
  {
    connector: 'wiki',
    applications: ['wiki'],
    recipient: 'wiki.example',
    mode: 'enforce',
    entries: [
      {
        target: 'name.givenName',
        because: 'default',
        type: 'default',
        apply: 'always',
        strength: 'always',
        sources: ['givenName'],
        sensitive: [],
      },
    ],
    sources: ['givenName'],
    pulls: [{ target: 'emails[type eq "work"].value', attribute: 'email', precedence: 10 }],
  },
);
