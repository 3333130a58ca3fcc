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
import type { AccountView, ParkedView } from './accounts.query.js';
import type { OperationView } from './operations.query.js';

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
    inSync: flag,
    waiting: flag,
    attempts: count,
    failingSince: nullable(instant),
    lastFailure: nullable(
      object<NonNullable<AccountView['lastFailure']>>({ code: text, status: nullable(count), at: instant }),
    ),
    parked: nullable(text),
  }),
  {
    identity: '2d1f0b3a-7c5e-5d4b-9a8f-6e7d8c9b0a1f',
    application: 'wiki',
    account: null,
    status: 'absent',
    userName: 'grace@corp.example',
    groups: [],
    inSync: false,
    waiting: true,
    attempts: 7,
    failingSince: '2026-03-02T10:00:00.000Z',
    lastFailure: { code: 'unavailable', status: 500, at: '2026-03-02T10:03:00.000Z' },
    parked: null,
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
