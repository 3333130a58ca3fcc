import {
  constant,
  count,
  either,
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
import type { Cause } from './access.events.js';
import type { AssignmentView } from './assignments.query.js';

/** Why somebody holds a package. */
export const causeSchema: Schema<Cause> = either(
  object<Extract<Cause, { type: 'request' }>>({ type: constant('request'), request: uuid, approvers: list(uuid) }),
  object<Extract<Cause, { type: 'birthright' }>>({ type: constant('birthright'), rule: text }),
);

/** How far what an assignment gave is taken away. */
export const removalState = oneOf('pending', 'done', 'not-verifiable', 'failed');

export const assignmentAnswer = named(
  'Assignment',
  object<AssignmentView>({
    id: uuid,
    packageId: text,
    packageVersion: count,
    identityId: uuid,
    status: oneOf('active', 'revoked'),
    delivery: oneOf('pending', 'delivering', 'delivered', 'partial', 'failed'),
    removal: nullable(removalState),
    cause: causeSchema,
    since: instant,
    until: nullable(instant),
    code: nullable(oneOf('left', 'rule_no_longer_matches', 'revoked_by_administrator')),
    reason: nullable(text),
  }),
  {
    id: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    packageId: 'wiki-editors',
    packageVersion: 1,
    identityId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    status: 'active',
    delivery: 'delivered',
    removal: null,
    cause: {
      type: 'request',
      request: '01a20d55-1fe0-7035-b0be-4fc310015bde',
      approvers: ['2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f'],
    },
    since: '2026-03-02T09:00:00.000Z',
    until: null,
    code: null,
    reason: null,
  },
);
