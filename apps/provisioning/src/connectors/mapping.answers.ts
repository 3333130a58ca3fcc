import {
  anything,
  count,
  flag,
  list,
  named,
  nullable,
  object,
  oneOf,
  text,
  uuid,
  type Schema,
} from '#libs/service-kit/openapi/schema.js';
import type { Warning } from '#libs/mapping/check.js';
import type { Step } from '#libs/mapping/evaluate.js';
import type { Value } from '#libs/mapping/expression.js';
import type { EvaluatedEntry, EvaluatedMapping, MatchingValue } from '../accounts/accounts.exports.js';
import type { DataFlow, DataFlowEntry } from './data-flow.js';

export const evaluatedMappingAnswer = named(
  'EvaluatedMapping',
  object<EvaluatedMapping>({
    identity: uuid,
    application: text,
    inScope: flag,
    missedCondition: nullable(text),
    matching: list(object<MatchingValue>({ target: text, value: text })),
    entries: list(
      object<EvaluatedEntry>({
        target: text,
        type: oneOf('direct', 'constant', 'expression', 'default'),
        apply: oneOf('always', 'create-only'),
        strength: oneOf('always', 'only-if-empty'),
        outcome: oneOf('value', 'empty', 'ignored', 'failed'),
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
  },
);
