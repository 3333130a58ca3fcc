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
  type FieldsOf,
  type Schema,
  map,
} from '#libs/service-kit/openapi/schema.js';
import { coverageAnswer, readingWindowAnswer } from '../coverages/coverages.exports.js';
import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import type { MappingEntry, PullRule, MatchingRule } from '../accounts/accounts.exports.js';
import {
  type Discovered,
  type ProfileChoice,
  type ProfileView,
  profileViews,
  switchSchemas,
} from '../targets/targets.exports.js';
import { protocols, type AccountFile, type ConnectorDocument } from './connector-document.js';
import { quarantineTerms } from './quarantine.answers.js';
import type { ShownAuth, ShownSecret } from './shown-secrets.js';
import type { ConnectorView } from './connectors.query.js';
import type { MappingTest } from './mapping-tests.js';
import { remedies } from './reconcile-terms.js';
import type { NonPersonRule } from './non-persons.js';
import type { Check } from './connection-checks.js';
import type { ConnectorTest } from './connector-probe.process.js';

/** A whole number, also below 0. */
const integer: Schema<number> = { json: { type: 'integer' } };

/** A number, not only a whole one. */
const quantity: Schema<number> = { json: { type: 'number', minimum: 0 } };

const secret = object<ShownSecret>({ set: constant(true), reference: optional(text) });

type Auth<Type extends ShownAuth['type']> = Extract<ShownAuth, { type: Type }>;

const expiresAt = optional(instant);

const auth = either(
  object<Auth<'bearer'>>({ type: constant('bearer'), token: secret, expiresAt }),
  object<Auth<'basic'>>({ type: constant('basic'), username: text, password: secret, expiresAt }),
  object<Auth<'api-key'>>({ type: constant('api-key'), header: text, key: secret, expiresAt }),
  object<Auth<'mtls'>>({ type: constant('mtls'), cert: secret, key: secret, expiresAt }),
  object<Auth<'standard-webhooks'>>({ type: constant('standard-webhooks'), secret, expiresAt }),
  object<Auth<'none'>>({ type: constant('none'), expiresAt }),
  object<Auth<'oauth2-client-credentials'>>({
    type: constant('oauth2-client-credentials'),
    tokenUrl: text,
    clientId: text,
    clientSecret: secret,
    scope: nullable(text),
    expiresAt,
  }),
);

const profileChoice: Schema<ProfileChoice> = either(
  text,
  object<Exclude<ProfileChoice, string>>({ template: text, switches: map(anything) }),
);

export const mappingEntry = object<MappingEntry>({
  target: text,
  type: oneOf('direct', 'constant', 'expression'),
  source: nullable(text),
  value: anything,
  expression: nullable(text),
  default: anything,
  onNull: oneOf('clear', 'ignore'),
  apply: oneOf('always', 'create-only'),
  strength: oneOf('always', 'only-if-empty'),
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
  pilot: flag,
  authoritative: list(entitled<object>({})),
  health: object<ConnectorView['health']>({ state: text, detail: text, since: nullable(instant) }),
  applications: list(text),
  place: oneOf('proven', 'confirmed', 'unproven'),
  coverage: coverageAnswer,
  credentials: object<ConnectorView['credentials']>({
    accepted: oneOf('current', 'former', 'unknown'),
    expiresAt: nullable(instant),
    daysLeft: nullable(integer),
    warning: text,
  }),
  displayName: text,
  mode: oneOf('observe', 'enforce'),
  protocol: oneOf(...protocols),
  baseUrl: nullable(text),
  auth,
  egress: object<ConnectorDocument['egress']>({ proxy: nullable(text), ca: nullable(text) }),
  profile: profileChoice,
  mapping: list(mappingEntry),
  mappingDefaults: flag,
  mappingTests: list(mappingTest),
  defaultDomain: nullable(text),
  sensitive: list(text),
  matching: nullable(list(object<MatchingRule>({ target: text, source: text, precedence: count }))),
  nonPersons: list(
    object<NonPersonRule>({
      kind: oneOf('service', 'shared', 'built-in', 'vendor'),
      accounts: list(text),
      filter: nullable(text),
    }),
  ),
  pull: list(object<PullRule>({ target: text, attribute: text, precedence: count })),
  scope: nullable(text),
  groups: object<ConnectorDocument['groups']>({ mode: oneOf('by-name', 'by-id'), create: flag }),
  deprovision: object<ConnectorDocument['deprovision']>({
    onUnassign: oneOf('disable', 'delete', 'keep'),
    onLeave: oneOf('disable', 'delete'),
    deleteAfter: nullable(text),
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
  limits: object<ConnectorDocument['limits']>({
    concurrency: count,
    requestsPerSecond: nullable(quantity),
    bulk: oneOf('auto', 'off'),
  }),
  quarantine: quarantineTerms,
  retry: object<ConnectorDocument['retry']>({ firstSeconds: quantity, mostSeconds: quantity, attempts: count }),
  tasks: object<ConnectorDocument['tasks']>({ within: text, remindEvery: text }),
  file: nullable(
    object<AccountFile>({
      account: text,
      userName: nullable(text),
      externalId: nullable(text),
      active: nullable(object<NonNullable<AccountFile['active']>>({ column: text, values: list(text) })),
      groups: nullable(text),
      roles: nullable(text),
      separator: text,
      attributes: map(text),
      freshFor: text,
    }),
  ),
  accidentalDeletionThreshold: object<ConnectorDocument['accidentalDeletionThreshold']>({
    people: count,
    percent: quantity,
    least: count,
  }),
  window: nullable(readingWindowAnswer),
  reconcile: object<ConnectorDocument['reconcile']>({
    every: nullable(text),
    remediate: oneOf(...remedies),
    attributes: list(
      object<ConnectorDocument['reconcile']['attributes'][number]>({ target: text, remediate: oneOf(...remedies) }),
    ),
  }),
};

export const connectorExample: ConnectorView = {
  id: 'wiki',
  version: 1,
  status: 'running',
  pilot: false,
  authoritative: [],
  health: { state: 'working', detail: '', since: '2026-03-02T10:00:00.000Z' },
  applications: ['wiki'],
  place: 'proven',
  coverage: {
    state: 'complete',
    since: '2026-02-02T22:00:00.000Z',
    lastComplete: {
      id: '0190a2c4-5f3a-7000-8000-000000000001',
      startedAt: '2026-03-01T22:00:00.000Z',
      finishedAt: '2026-03-01T22:04:10.000Z',
      accounts: 2000,
    },
    gaps: [],
    running: null,
    nextReadingAt: null,
  },
  displayName: 'Wiki',
  mode: 'enforce',
  protocol: 'scim2',
  baseUrl: 'https://wiki.example/scim/v2',
  auth: { type: 'bearer', token: { set: true } },
  egress: { proxy: null, ca: null },
  credentials: { accepted: 'current', expiresAt: null, daysLeft: null, warning: '' },
  profile: 'generic',
  mapping: [],
  mappingDefaults: true,
  mappingTests: [],
  defaultDomain: null,
  sensitive: [],
  matching: null,
  pull: [],
  nonPersons: [],
  scope: null,
  groups: { mode: 'by-name', create: true },
  deprovision: { onUnassign: 'disable', onLeave: 'disable', deleteAfter: null },
  onDisable: 'strip',
  rest: null,
  protected: null,
  limits: { concurrency: 32, requestsPerSecond: null, bulk: 'auto' },
  quarantine: { failures: 100, percent: 40, firstProbeMinutes: 15, mostProbeMinutes: 1440 },
  retry: { firstSeconds: 1, mostSeconds: 60, attempts: 8 },
  accidentalDeletionThreshold: { people: 500, percent: 5, least: 10 },
  reconcile: { every: null, remediate: 'report', attributes: [] },
  window: null,
  tasks: { within: 'P3D', remindEvery: 'P1D' },
  file: null,
};

export const connectorAnswer = named('Connector', object<ConnectorView>(connectorFields), connectorExample);

const check = object<Check>({
  name: oneOf('address', 'connection', 'path', 'credentials', 'scope', 'clock', 'search', 'place', 'mapping'),
  promise: text,
  outcome: oneOf('passed', 'failed', 'warning', 'not-checked'),
  detail: text,
});

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
    checks: list(check),
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
    checks: [
      {
        name: 'path',
        promise: 'The address is that of a SCIM service',
        outcome: 'failed',
        detail: 'the answer (404) is not a SCIM list: change baseUrl to https://wiki.example/scim/v2',
      },
    ],
  },
);

const profileShape = object<ProfileView>({
  name: text,
  describes: text,
  source: text,
  protocol: oneOf('scim1', 'scim2'),
  baseUrl: text,
  mapping: map(text),
  differs: list(text),
  switches: { json: { type: 'object', properties: switchSchemas, required: Object.keys(switchSchemas) } },
});

export const profileAnswer = named('ConnectorProfile', profileShape, profileExample());

function profileExample(): ProfileView {
  const found = profileViews().find(({ name }) => name === 'slack');
  if (found === undefined) throw new Error('there is a profile for Slack');
  return found;
}

export const discoveredAnswer = named(
  'DiscoveredProfile',
  object<Discovered>({
    profile: profileChoice,
    deviations: list(object<Discovered['deviations'][number]>({ switch: text, value: anything, saw: text })),
    unsettled: list(text),
    wrote: flag,
    leftovers: list(text),
  }),
  {
    profile: { template: 'generic', switches: { excludedAttributes: false } },
    deviations: [
      {
        switch: 'excludedAttributes',
        value: false,
        saw: 'the query excludedAttributes is answered 400 (not supported)',
      },
    ],
    unsettled: [],
    wrote: false,
    leftovers: [],
  },
);
