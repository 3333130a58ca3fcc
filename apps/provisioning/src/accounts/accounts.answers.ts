import {
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
} from '#libs/service-kit/openapi/schema.js';
import { accountCoverageAnswer } from '../coverages/coverages.exports.js';
import type { AccountView, ParkedView } from './accounts.query.js';
import type { LeaverStillEnabled } from './leavers.query.js';
import type { OperationView } from './operations.query.js';
import type { UnverifiedView } from './unverified.query.js';

const identity = '0f0c1d2e-9f9b-5b0a-8b5e-2f6f5f0a1b2c';

export const accountAnswer = named(
  'Account',
  object<AccountView>({
    identity: uuid,
    application: text,
    account: nullable(text),
    status: text,
    userName: nullable(text),
    groups: list(text),
    roles: list(text),
    inSync: flag,
    outOfScope: flag,
    deletesAt: nullable(instant),
    waiting: flag,
    attempts: count,
    failingSince: nullable(instant),
    lastFailure: nullable(
      object<NonNullable<AccountView['lastFailure']>>({ code: text, status: nullable(count), at: instant }),
    ),
    parked: nullable(text),
    coverage: accountCoverageAnswer,
  }),
  {
    identity: '2d1f0b3a-7c5e-5d4b-9a8f-6e7d8c9b0a1f',
    application: 'wiki',
    account: null,
    status: 'absent',
    userName: 'grace@corp.example',
    groups: [],
    roles: [],
    inSync: false,
    outOfScope: false,
    deletesAt: null,
    waiting: true,
    attempts: 7,
    failingSince: '2026-03-02T10:00:00.000Z',
    lastFailure: { code: 'unavailable', status: 500, at: '2026-03-02T10:03:00.000Z' },
    parked: null,
    coverage: { state: 'no-account', readAt: '2026-03-01T22:00:00.000Z', missingSince: null, gaps: [] },
  },
);

export const operationAnswer = named(
  'Operation',
  object<OperationView>({
    id: uuid,
    operation: text,
    type: text,
    kind: text,
    identity: uuid,
    account: nullable(text),
    group: nullable(text),
    role: nullable(text),
    status: nullable(count),
    code: nullable(text),
    effect: nullable(oneOf('none', 'unknown')),
    seen: nullable(oneOf('yes', 'contradicted', 'not-visible')),
    because: list(uuid),
    at: instant,
  }),
  {
    id: identity,
    operation: identity,
    type: 'hub.provisioning.account.created.v1',
    kind: 'create-account',
    identity,
    account: 'u1',
    group: null,
    role: null,
    status: 201,
    code: null,
    effect: null,
    seen: 'yes',
    because: [identity],
    at: '2026-03-02T10:00:00.000Z',
  },
);

export const parkedAccountAnswer = named(
  'ParkedAccount',
  object<ParkedView>({ id: uuid, application: text, code: text, detail: text, since: instant }),
  {
    id: identity,
    application: 'wiki',
    code: 'account-of-unknown',
    detail: 'there was an account with that userName before the hub wanted one',
    since: '2026-03-02T10:00:00.000Z',
  },
);

const person = object<LeaverStillEnabled['person']>({
  id: uuid,
  employeeId: nullable(text),
  displayName: nullable(text),
});
const namedThing = object<LeaverStillEnabled['application']>({ id: text, displayName: text });
const ada = { id: identity, employeeId: '1001', displayName: 'Ada Lovelace' };

export const leaverAnswer = named(
  'LeaverStillEnabled',
  object<LeaverStillEnabled>({
    person,
    application: namedThing,
    connector: namedThing,
    account: nullable(text),
    since: instant,
    code: text,
    why: text,
  }),
  {
    person: ada,
    application: { id: 'wiki', displayName: 'Wiki' },
    connector: { id: 'wiki', displayName: 'Wiki' },
    account: 'u1',
    since: '2026-03-02T10:00:00.000Z',
    code: 'validation',
    why: 'a person must look at it, then retry or dismiss: may not be changed',
  },
);

export const unverifiedAnswer = named(
  'UnverifiedRemoval',
  object<UnverifiedView>({
    id: uuid,
    kind: text,
    person,
    application: namedThing,
    account: nullable(text),
    group: nullable(text),
    role: nullable(text),
    since: instant,
  }),
  {
    id: identity,
    kind: 'remove-member',
    person: ada,
    application: { id: 'wiki', displayName: 'Wiki' },
    account: 'u1',
    group: 'Staff',
    role: null,
    since: '2026-03-02T10:00:00.000Z',
  },
);
