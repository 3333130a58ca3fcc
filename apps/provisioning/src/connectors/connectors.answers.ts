import {
  anything,
  constant,
  count,
  either,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  optional,
  text,
  uuid,
  type FieldsOf,
  type Schema,
  map,
} from '#libs/service-kit/openapi/schema.js';
import type { Warning } from '#libs/mapping/check.js';
import type { Step } from '#libs/mapping/evaluate.js';
import type { Value } from '#libs/mapping/expression.js';
import type { EvaluatedEntry, EvaluatedMapping, MappingEntry } from '../accounts/accounts.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import type { ShownAuth, ShownSecret } from './connector-secrets.js';
import type { ConnectorView } from './connectors.query.js';
import type { DataFlow, DataFlowEntry } from './data-flow.js';
import type { MappingTest } from './mapping-tests.js';
import type { ConnectorTest } from './test-connector.command.js';

const secret = object<ShownSecret>({ set: constant(true), reference: optional(text) });

type Auth<Type extends ShownAuth['type']> = Extract<ShownAuth, { type: Type }>;

const auth = either(
  object<Auth<'bearer'>>({ type: constant('bearer'), token: secret }),
  object<Auth<'basic'>>({ type: constant('basic'), username: text, password: secret }),
  object<Auth<'api-key'>>({ type: constant('api-key'), header: text, key: secret }),
  object<Auth<'oauth2-client-credentials'>>({
    type: constant('oauth2-client-credentials'),
    tokenUrl: text,
    clientId: text,
    clientSecret: secret,
    scope: nullable(text),
  }),
);

const mappingEntry = object<MappingEntry>({
  target: text,
  type: oneOf('direct', 'constant', 'expression'),
  source: nullable(text),
  value: anything,
  expression: nullable(text),
  default: anything,
  onNull: oneOf('clear', 'ignore'),
  apply: oneOf('always', 'create-only'),
});

const mappingTest = object<MappingTest>({
  name: text,
  attributes: map(anything),
  expect: map(anything),
  now: instant,
});

export const connectorFields: FieldsOf<ConnectorView> = {
  id: text,
  version: count,
  status: oneOf('running', 'paused'),
  health: object<ConnectorView['health']>({ state: text, detail: text, since: nullable(instant) }),
  applications: list(text),
  place: oneOf('proven', 'confirmed', 'unproven'),
  displayName: text,
  mode: oneOf('observe', 'enforce'),
  protocol: oneOf('scim2', 'rest'),
  baseUrl: text,
  auth,
  mapping: list(mappingEntry),
  mappingDefaults: flag,
  mappingTests: list(mappingTest),
  sensitive: list(text),
  scope: nullable(text),
  groups: object<ConnectorDocument['groups']>({ create: flag }),
  deprovision: object<ConnectorDocument['deprovision']>({
    onUnassign: oneOf('disable', 'delete', 'keep'),
    onLeave: oneOf('disable', 'delete'),
  }),
  onDisable: oneOf('strip', 'keep'),
  rest: nullable(map(anything)),
  protected: nullable(
    object<NonNullable<ConnectorDocument['protected']>>({
      accounts: list(text),
      accountFilter: nullable(text),
      groups: list(text),
      groupFilter: nullable(text),
    }),
  ),
  limits: object<ConnectorDocument['limits']>({ concurrency: count }),
};

export const connectorExample: ConnectorView = {
  id: 'wiki',
  version: 1,
  status: 'running',
  health: { state: 'working', detail: '', since: '2026-03-02T10:00:00.000Z' },
  applications: ['wiki'],
  place: 'proven',
  displayName: 'Wiki',
  mode: 'enforce',
  protocol: 'scim2',
  baseUrl: 'https://wiki.example/scim/v2',
  auth: { type: 'bearer', token: { set: true } },
  mapping: [],
  mappingDefaults: true,
  mappingTests: [],
  sensitive: [],
  scope: null,
  groups: { create: true },
  deprovision: { onUnassign: 'disable', onLeave: 'disable' },
  onDisable: 'strip',
  rest: null,
  protected: null,
  limits: { concurrency: 32 },
};

export const connectorAnswer = named('Connector', object<ConnectorView>(connectorFields), connectorExample);

export const connectorTestAnswer = named(
  'ConnectorTest',
  object<ConnectorTest>({
    ok: flag,
    code: text,
    status: nullable(count),
    isList: flag,
    address: text,
    suggestedBaseUrl: nullable(text),
    knownAccounts: object<ConnectorTest['knownAccounts']>({ asked: count, found: count }),
    detail: text,
  }),
  {
    ok: false,
    code: 'wrong-address',
    status: 404,
    isList: false,
    address: 'https://wiki.example/scim/v2/Users/Users',
    suggestedBaseUrl: 'https://wiki.example/scim/v2',
    knownAccounts: { asked: 0, found: 0 },
    detail: 'the answer (404) is not a SCIM list: change baseUrl to https://wiki.example/scim/v2',
  },
);

export const evaluatedMappingAnswer = named(
  'EvaluatedMapping',
  object<EvaluatedMapping>({
    identity: uuid,
    application: text,
    inScope: flag,
    missedCondition: nullable(text),
    entries: list(
      object<EvaluatedEntry>({
        target: text,
        type: oneOf('direct', 'constant', 'expression', 'default'),
        apply: oneOf('always', 'create-only'),
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
    entries: [
      {
        target: 'nickName',
        type: 'expression',
        apply: 'always',
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
        because: oneOf('default', 'mapping'),
        type: oneOf('direct', 'constant', 'expression', 'default'),
        apply: oneOf('always', 'create-only'),
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
        sources: ['givenName'],
        sensitive: [],
      },
    ],
  },
);
