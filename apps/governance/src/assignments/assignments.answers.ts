import {
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
  text,
  uuid,
  type Schema,
} from '#libs/service-kit/openapi/schema.js';
import { namedPackageAnswer, namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import type { AsFound, AtOnce, ByWorkflow, Grounds } from './access.events.js';
import type { Grace } from './grace.events.js';
import type { AssignmentView } from './assignment-view.js';

/** Why somebody holds a package. */
export const groundsSchema: Schema<Grounds> = either(
  object<Extract<Grounds, { type: 'request' }>>({ type: constant('request'), request: uuid, approvers: list(uuid) }),
  object<Extract<Grounds, { type: 'birthright' }>>({ type: constant('birthright'), rule: text }),
  object<ByWorkflow>({ type: constant('workflow'), workflow: text, version: count, step: uuid }),
  object<AtOnce>({ type: oneOf('direct', 'just-in-time', 'break-glass'), by: uuid }),
  object<AsFound>({
    type: constant('as-found'),
    connector: text,
    account: text,
    reading: uuid,
    firstSeenAt: instant,
    sinceUnknown: flag,
    certifyBy: instant,
    overdueSince: nullable(instant),
    certifiedBy: nullable(uuid),
    certifiedAt: nullable(instant),
  }),
);

/** Why and when an assignment ends, unless its grounds return or who decides keeps it. */
const graceSchema = object<Grace>({
  code: oneOf('rule_no_longer_matches', 'not_eligible', 'moved'),
  until: instant,
  decides: oneOf('nobody', 'manager'),
});

/** The removal state of an assignment. */
export const removalState = oneOf('pending', 'done', 'not-verifiable', 'failed');

/** Why an assignment ended. */
export const revocationCode = oneOf(
  'left',
  'locked_down',
  'rule_no_longer_matches',
  'revoked_by_administrator',
  'expired',
  'given_up',
  'incompatible',
  'exception_ended',
  'package_retired',
  'revoked_by_owner',
  'revoked_by_review',
  'not_eligible',
  'moved',
  'dropped_by_manager',
  'excluded',
  'no_longer_there',
  'replaced',
  'revoked_by_workflow',
);

export const assignmentAnswer = named(
  'Assignment',
  object<AssignmentView>({
    id: uuid,
    packageId: text,
    package: namedPackageAnswer,
    packageVersion: count,
    identityId: uuid,
    identity: namedPersonAnswer,
    status: oneOf('scheduled', 'active', 'suspended', 'revoked', 'expired'),
    delivery: oneOf('pending', 'delivering', 'delivered', 'partial', 'failed', 'manual'),
    removal: nullable(removalState),
    cause: groundsSchema,
    approvers: list(namedPersonAnswer),
    rule: nullable(titledAnswer),
    since: instant,
    until: nullable(instant),
    code: nullable(revocationCode),
    reason: nullable(text),
    justification: nullable(text),
    grace: nullable(graceSchema),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    packageId: 'wiki-editors',
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    packageVersion: 1,
    identityId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    identity: { id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e', employeeId: '1001', displayName: 'Ada Lovelace' },
    status: 'active',
    delivery: 'delivered',
    removal: null,
    cause: {
      type: 'request',
      request: '01a20d55-1fe0-7035-b0be-4fc310015bde',
      approvers: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
    },
    approvers: [{ id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' }],
    rule: null,
    since: '2026-03-02T09:00:00.000Z',
    until: null,
    code: null,
    reason: null,
    justification: null,
    grace: null,
  },
);
