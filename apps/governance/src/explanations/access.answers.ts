import type { DesiredAccount, DesiredEntitlement } from '#libs/contracts/desired-access.js';
import {
  anything,
  constant,
  count,
  flag,
  instant,
  list,
  map,
  named,
  nullable,
  object,
  oneOf,
  optional,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import { groundsSchema, revocationCode, type RemovalItem, removalState } from '../assignments/assignments.exports.js';
import type { DesiredAccessView } from './explain-access.query.js';
import type { DeliveryStep, RuleVersion } from './explanation.js';
import type { NoAccess, PackageNotHeld, Unmet, UnmetRule } from './no-access.js';
import type {
  NamedApproval,
  NamedAssignmentExplanation,
  NamedEndedExplanation,
  NamedEntitlement,
  NamedExplanation,
  NamedLink,
  NamedLaterStep,
  NamedPackageVersion,
} from './named-explanation.js';

const ada = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';
const adaNamed = { id: ada, employeeId: '1001', displayName: 'Ada Lovelace' };
const grace = '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f';
const graceNamed = { id: grace, employeeId: '1000', displayName: 'Grace Hopper' };
const request = '01a20d55-1fe0-7035-b0be-4fc310015bde';
const assignment = '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f';
const account = '01a20d50-0b20-7d10-8a2e-1c3d5e7f9a1b';
const at = '2026-03-02T09:00:00.000Z';

const removed = entitled<Pick<RemovalItem, 'removal'>>({ removal: removalState });

export const desiredAccessAnswer = named(
  'DesiredAccess',
  object<DesiredAccessView>({
    identity: uuid,
    application: text,
    status: oneOf('active', 'on-leave', 'leaver'),
    accounts: list(
      object<DesiredAccount>({
        type: constant('User'),
        active: flag,
        attributes: map(anything),
        sources: optional(list(text)),
        packages: list(text),
        groups: list(text),
      }),
    ),
    entitlements: list(entitled<Pick<DesiredEntitlement, 'because'>>({ because: list(uuid) })),
    withdrawn: optional(list(entitled<Pick<DesiredEntitlement, 'because'>>({ because: list(uuid) }))),
    deletes: optional(flag),
    person: namedPersonAnswer,
    applicationName: nullable(text),
    sequence: count,
    since: instant,
    shouldHaveEnded: list(removed),
  }),
  {
    identity: ada,
    application: 'wiki',
    status: 'active',
    accounts: [
      {
        type: 'User',
        active: true,
        attributes: { userName: 'ada@example.org', displayName: 'Ada Lovelace' },
        packages: ['wiki-editors', 'wiki-user'],
        groups: ['Editors'],
      },
    ],
    entitlements: [
      { account: true, because: [account] },
      { group: 'Editors', because: [assignment] },
    ],
    person: adaNamed,
    applicationName: 'Wiki',
    sequence: 2,
    since: at,
    shouldHaveEnded: [],
  },
);

const link = object<NamedLink>({
  event: uuid,
  type: text,
  at: nullable(instant),
  actor: nullable(text),
  person: nullable(namedPersonAnswer),
});
const packageVersion = object<NamedPackageVersion>({ id: text, displayName: nullable(text), version: count });

const assignmentExplanation = object<NamedAssignmentExplanation>({
  assignment: uuid,
  package: packageVersion,
  since: instant,
  cause: groundsSchema,
  approvals: list(
    object<NamedApproval>({
      approver: uuid,
      person: namedPersonAnswer,
      decision: text,
      at: instant,
      comment: nullable(text),
    }),
  ),
  justification: nullable(text),
  rule: nullable(object<RuleVersion>({ id: text, version: count, event: uuid, at: instant })),
  deliveries: list(
    object<DeliveryStep>({
      event: uuid,
      at: instant,
      delivery: oneOf('pending', 'delivering', 'delivered', 'failed', 'manual'),
    }),
  ),
  later: list(
    object<NamedLaterStep>({
      event: uuid,
      type: text,
      at: instant,
      versions: list(packageVersion),
      until: nullable(instant),
      chain: list(link),
    }),
  ),
  hrEvents: list(uuid),
  chain: list(link),
});

const endedExplanation = object<NamedEndedExplanation>({
  assignment: uuid,
  package: packageVersion,
  since: instant,
  until: instant,
  code: revocationCode,
  cause: groundsSchema,
  removal: removalState,
  entitlements: list(removed),
  chain: list(link),
});

const titled = object<PackageNotHeld['package']>({ id: text, displayName: text });
const unmet = { condition: text, attribute: nullable(text), saw: anything } as const;

const notHeld = object<PackageNotHeld>({
  package: titled,
  rules: list(object<UnmetRule>({ rule: titled, ...unmet })),
  request: nullable(object<Unmet>(unmet)),
});

export const explanationAnswer = named(
  'AccessExplanation',
  object<NamedExplanation>({
    identity: uuid,
    person: namedPersonAnswer,
    application: text,
    applicationName: nullable(text),
    status: oneOf('active', 'on-leave', 'leaver', 'absent'),
    sequence: count,
    noAccess: nullable(object<NoAccess>({ ...unmet, detail: text, packages: list(notHeld) })),
    entitlements: list(entitled<Pick<NamedEntitlement, 'because'>>({ because: list(assignmentExplanation) })),
    shouldHaveEnded: list(endedExplanation),
    chain: list(link),
  }),
  {
    identity: ada,
    person: adaNamed,
    application: 'wiki',
    applicationName: 'Wiki',
    status: 'active',
    sequence: 2,
    noAccess: null,
    entitlements: [
      {
        group: 'Editors',
        because: [
          {
            assignment,
            package: { id: 'wiki-editors', displayName: 'Wiki editors', version: 1 },
            since: at,
            cause: { type: 'request', request, approvers: [grace] },
            approvals: [{ approver: grace, person: graceNamed, decision: 'approve', at, comment: 'Fine' }],
            justification: 'I keep the handbook up to date',
            rule: null,
            deliveries: [{ event: '01a20d55-2a13-7000-8000-00000000000d', at, delivery: 'delivered' }],
            later: [],
            hrEvents: ['01a20d4f-8a00-7b11-8c22-2d33e44f5566'],
            chain: [
              {
                event: '01a20d55-2a11-7000-8000-00000000000a',
                type: 'hub.governance.assignment.created.v1',
                at,
                actor: `identity/${grace}`,
                person: graceNamed,
              },
            ],
          },
        ],
      },
    ],
    shouldHaveEnded: [],
    chain: [
      {
        event: '01a20d55-2a12-7000-8000-00000000000c',
        type: 'hub.governance.desired-access.changed.v1',
        at,
        actor: `identity/${grace}`,
        person: graceNamed,
      },
    ],
  },
);
