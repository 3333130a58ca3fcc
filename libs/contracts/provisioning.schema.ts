import { entitled } from './entitlement.schema.js';
import { driftClasses, driftCodes } from './drift.js';
import { exposureCodes, exposureKinds, exposureProofs } from './exposures.js';
import { readingDoubts } from './readings.js';
import { count, flag, instant, list, object, oneOf, orNull, personal, record, text, uuid } from './json-schema.js';
import { observedOrigins } from './observed-access.js';

export const resultSchema = object(
  {
    operation: uuid,
    kind: oneOf(
      'lookup',
      'create-account',
      'update-account',
      'disable-account',
      'enable-account',
      'delete-account',
      'create-group',
      'add-member',
      'remove-member',
      'grant-role',
      'revoke-role',
      'in-sync',
      'out-of-scope',
      'deletion-scheduled',
      'deletion-cancelled',
    ),
    connector: text,
    application: text,
    identity: uuid,
    account: orNull(text),
    desiredEpoch: count,
    desiredSequence: count,
    because: list(uuid),
  },
  {
    group: text,
    role: text,
    seen: oneOf('yes', 'contradicted', 'not-visible'),
    verified: flag,
    verifiable: { type: 'boolean', const: false },
    confirmedBy: uuid,
    inSync: flag,
    dueAt: instant,
    status: orNull(count),
    code: text,
    target: text,
    drift: oneOf(...driftClasses),
    willRetry: flag,
    effect: oneOf('none', 'unknown'),
    reason: oneOf('name-handed-over', 'out-of-scope', 'deletion-due'),
    written: personal(record, 'identity'),
    detail: personal(text, 'identity'),
  },
  { description: 'An operation on an account, or its outcome.', 'x-subject': 'identity' },
);

export const attentionDismissedSchema = object(
  { connector: text, application: text, identity: uuid, code: text, dismissedBy: uuid },
  { reason: personal(text, 'dismissedBy') },
  { description: 'A parked account stays as it is, by an operator’s decision.', 'x-subject': 'identity' },
);

export const exposureSchema = object(
  { exposure: uuid, connector: text, application: text, identity: orNull(uuid), account: orNull(text) },
  {
    kind: oneOf(...exposureKinds),
    code: oneOf(...exposureCodes),
    exposed: list(text),
    decidedAt: instant,
    dueAt: instant,
    escalation: count,
    how: oneOf(...exposureProofs),
    proof: uuid,
  },
  { description: 'Access that should have ended and is not confirmed gone.', 'x-subject': 'identity' },
);

export const previewReleasedSchema = object(
  { connector: text, preview: uuid, pilot: flag, releasedBy: uuid },
  { authoritative: list(entitled({})), reason: personal(text, 'releasedBy') },
  { description: 'A person released what a preview of a connector showed.', 'x-subject': 'releasedBy' },
);

export const authorityWithdrawnSchema = object(
  { connector: text, entitlements: list(entitled({})), withdrawnBy: uuid },
  { reason: personal(text, 'withdrawnBy') },
  { description: 'Of these entitlements the hub takes only what it gave.', 'x-subject': 'withdrawnBy' },
);

export const accessObservedSchema = object(
  {
    connector: text,
    application: text,
    identity: uuid,
    account: orNull(text),
    reading: uuid,
    readAt: instant,
    entitlements: list(entitled({ origin: oneOf(...observedOrigins), firstSeenAt: instant, sinceUnknown: flag })),
  },
  {},
  { description: 'What a complete reading of an application showed of one person.', 'x-subject': 'identity' },
);

export const accountListSchema = object(
  { connector: text, applications: list(text), asOf: orNull(instant) },
  { accounts: count, whole: flag, by: uuid, reminder: count },
  { description: 'A list of accounts that a person uploaded for an application without an API, or that is too old.' },
);

export const taskSchema = object(
  {
    task: uuid,
    connector: text,
    application: text,
    identity: orNull(uuid),
    account: orNull(text),
    kind: text,
    entitlement: text,
    told: oneOf('webhook', 'owners'),
    dueAt: instant,
  },
  { reminder: count, by: uuid, reason: personal(text, 'by') },
  { description: 'A change that a person makes in an application without an API.', 'x-subject': 'identity' },
);

export const ownershipDecidedSchema = object(
  {
    connector: text,
    account: text,
    decision: oneOf('person', 'not-a-person', 'open'),
    identity: orNull(uuid),
    decidedBy: uuid,
  },
  { kind: oneOf('service', 'shared', 'built-in', 'vendor'), reason: personal(text, 'decidedBy') },
  { description: 'A person decided whose an account of an application is.', 'x-subject': 'decidedBy' },
);

export const attributesPulledSchema = object(
  { connector: text, application: text, identity: uuid, precedence: record, attributes: personal(record, 'identity') },
  {},
  { description: 'What an application made for an account, as attributes of the identity.', 'x-subject': 'identity' },
);

export const connectorSchema = object(
  {
    connector: text,
    displayName: text,
    mode: oneOf('observe', 'enforce'),
    protocol: text,
    status: oneOf('running', 'paused'),
  },
  { sources: list(text) },
  { description: 'A connector, without its secrets.' },
);

export const driftDecidedSchema = object(
  {
    connector: text,
    application: text,
    identity: uuid,
    drift: uuid,
    code: oneOf(...driftCodes),
    decision: oneOf('revert', 'adopt'),
  },
  { target: text, group: text, role: text, decidedBy: uuid, reason: personal(text, 'decidedBy') },
  { description: 'What becomes of a difference between an account and what the hub wrote.', 'x-subject': 'identity' },
);

export const readingEndedSchema = object(
  {
    reading: uuid,
    connector: text,
    applications: list(text),
    status: oneOf('completed', 'held', 'failed'),
    endedAt: instant,
    accounts: count,
    missing: count,
    holdings: count,
    holdingsComplete: flag,
  },
  { reason: oneOf(...readingDoubts), startedAt: instant },
  { description: 'All accounts of an application were read once, and who holds which groups and roles.' },
);

export const connectorStateRequestedSchema = object(
  { connector: text, applications: list(text) },
  {},
  { description: 'Asks governance to publish the newest desired access of these applications again.' },
);

export const entitlementSchema = object(
  { connector: text, kind: oneOf('group', 'role'), id: text, name: text, description: orNull(text), gone: flag },
  {},
  { description: 'A group or role that an application has to grant, as a reading showed it.' },
);

export const entitlementsListedSchema = object(
  { connector: text, kind: oneOf('group', 'role') },
  {},
  { description: 'All groups or roles of an application were shown once.' },
);
