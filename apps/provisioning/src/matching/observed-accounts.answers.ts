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
import type { DecidedOwnership } from './decide-ownership.command.js';
import type { DecidedView, HeldView, ObservedAccountView } from './observed-accounts.query.js';
import type { RejectedRow } from './ownership-file.js';

const nonPersonKind = oneOf('service', 'shared', 'built-in', 'vendor');

export const observedAccountAnswer = named(
  'ObservedAccount',
  object<ObservedAccountView>({
    account: text,
    userName: nullable(text),
    externalId: nullable(text),
    active: nullable(flag),
    classification: nullable(oneOf('matched', 'ambiguous', 'person-without-match', 'not-a-person', 'ghost')),
    identity: nullable(uuid),
    why: nullable(text),
    candidates: list(uuid),
    holds: list(object<HeldView>({ kind: oneOf('group', 'role'), id: text, name: nullable(text) })),
    firstSeenAt: instant,
    changedAt: instant,
    missingSince: nullable(instant),
    decided: nullable(
      object<DecidedView>({
        decision: oneOf('person', 'not-a-person', 'open'),
        identity: nullable(uuid),
        kind: nullable(nonPersonKind),
        decidedBy: uuid,
        decidedAt: instant,
        reason: nullable(text),
      }),
    ),
    coverage: accountCoverageAnswer,
  }),
  {
    account: '2819c223',
    userName: 'ada@corp.example',
    externalId: '701984',
    active: true,
    classification: 'matched',
    identity: '0190a2c4-5f3a-7000-8000-000000000001',
    why: 'userName',
    candidates: [],
    holds: [{ kind: 'group', id: 'e9e30dba', name: 'Editors' }],
    firstSeenAt: '2026-03-02T09:00:00.000Z',
    changedAt: '2026-03-02T09:00:00.000Z',
    missingSince: null,
    decided: null,
    coverage: { state: 'shown', readAt: '2026-03-02T09:00:00.000Z', missingSince: null, gaps: [] },
  },
);

export const decidedOwnershipAnswer = named(
  'DecidedOwnership',
  object<DecidedOwnership>({
    dryRun: flag,
    decided: count,
    unchanged: count,
    rejections: list(object<RejectedRow>({ line: count, column: nullable(text), detail: text })),
  }),
  {
    dryRun: false,
    decided: 118,
    unchanged: 1,
    rejections: [{ line: 7, column: 'identity', detail: 'is nobody whom the hub knows: give the id of an identity' }],
  },
);
