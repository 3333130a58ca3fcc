import { entitled } from './entitlement.schema.js';
import { workerAttributesSchema } from './hr-lifecycle.schema.js';
import { count, flag, instant, list, object, oneOf, orNull, personal, record, text, uuid } from './json-schema.js';

export const identitySchema = object(
  {
    identity: uuid,
    status: oneOf('active', 'on-leave', 'inactive'),
    kind: oneOf('person', 'service', 'agent'),
    subjects: list(uuid),
    manager: orNull(uuid),
    employeeId: personal(orNull(text), 'identity'),
    displayName: personal(text, 'identity'),
    userName: personal(text, 'identity'),
    tokenSubjects: personal(list(object({ subject: text, from: instant, until: orNull(instant) })), 'identity'),
    attributes: personal(workerAttributesSchema, 'identity'),
  },
  { lockedDown: { const: true } },
  { description: 'The whole state of one identity.', 'x-subject': 'identity' },
);

export const requestSchema = object(
  { request: uuid, package: text, packageVersion: count, requester: uuid, beneficiary: uuid },
  {
    stage: count,
    approver: uuid,
    decision: oneOf('approve', 'deny'),
    onBehalfOf: uuid,
    shown: object(
      {
        held: list(text),
        peers: orNull(object({ people: count, holders: count })),
        formerDecisions: list(object({ request: uuid, status: text })),
      },
      { conflicts: list(object({ rule: text, packages: list(text) })) },
    ),
    startsAt: instant,
    endsAt: instant,
    extends: uuid,
    escalation: list(text),
    approvers: list(uuid),
    code: text,
    justification: personal(text, 'requester'),
    comment: personal(text, 'approver'),
    reason: personal(text, 'beneficiary'),
  },
  { description: 'One step of a request.', 'x-subject': 'requester' },
);

export const assignmentSchema = object(
  {
    assignment: uuid,
    identity: uuid,
    package: text,
    packageVersion: count,
    status: oneOf('scheduled', 'active', 'suspended', 'revoked', 'expired'),
    delivery: oneOf('pending', 'delivering', 'delivered', 'partial', 'failed', 'manual'),
    cause: object(
      { type: oneOf('request', 'birthright', 'workflow', 'direct', 'just-in-time', 'break-glass', 'as-found') },
      {
        request: uuid,
        approvers: list(uuid),
        rule: text,
        workflow: text,
        version: count,
        step: uuid,
        by: uuid,
        connector: text,
        account: text,
        reading: uuid,
        firstSeenAt: instant,
        sinceUnknown: flag,
        certifyBy: instant,
        overdueSince: orNull(instant),
        certifiedBy: orNull(uuid),
        certifiedAt: orNull(instant),
      },
      {
        oneOf: [
          { required: ['request', 'approvers'] },
          { required: ['rule'] },
          { required: ['workflow', 'version', 'step'] },
          { required: ['by'] },
          { required: ['connector', 'reading', 'firstSeenAt', 'certifyBy'] },
        ],
      },
    ),
    since: instant,
    until: orNull(instant),
  },
  {
    removal: oneOf('pending', 'done', 'not-verifiable', 'failed'),
    code: text,
    grace: object({
      code: oneOf('rule_no_longer_matches', 'not_eligible', 'moved'),
      until: instant,
      decides: oneOf('nobody', 'manager'),
    }),
    versions: list(object({ package: text, version: count })),
    because: list(object({ rule: text, packages: list(text) })),
    movesTo: text,
    restores: uuid,
    daysLeft: count,
    reason: personal(text, 'identity'),
  },
  { description: 'The whole state of one assignment.', 'x-subject': 'identity' },
);

export const delegationSchema = object(
  { delegation: uuid, delegator: uuid, delegate: uuid },
  { from: instant, until: instant, reason: personal(text, 'delegator') },
  { description: "One person's decisions handed over to another for a time.", 'x-subject': 'delegator' },
);

export const emergencySchema = object(
  {
    assignment: uuid,
    identity: uuid,
    package: text,
    takenAt: instant,
    outcome: oneOf('justified', 'unjustified'),
    reviewedBy: uuid,
    reviewedAt: instant,
  },
  { comment: personal(text, 'identity') },
  { description: 'Access taken in an emergency, as it was judged after.', 'x-subject': 'identity' },
);

export const separationExceptionSchema = object(
  { exception: uuid, identity: uuid, rule: text, grantedBy: uuid, until: instant },
  { code: text, mitigation: personal(text, 'identity') },
  { description: 'What rules of separation of duties allow one identity for a time.', 'x-subject': 'identity' },
);

export const separationFindingSchema = object(
  {
    finding: uuid,
    identity: uuid,
    rule: text,
    packages: list(text),
    status: oneOf('open', 'excepted', 'solved'),
    foundAt: instant,
    dueAt: instant,
  },
  {},
  { description: 'A rule of separation of duties that one identity violates.', 'x-subject': 'identity' },
);

export const birthrightExclusionSchema = object(
  { exclusion: uuid, identity: uuid, package: text, excludedBy: uuid, until: instant },
  { code: text, reason: personal(text, 'identity') },
  { description: 'A package that no rule gives to one identity for a time.', 'x-subject': 'identity' },
);

export const withheldBirthrightSchema = object(
  {
    identity: uuid,
    package: text,
    rule: text,
    because: list(object({ rule: text, packages: list(text) })),
    withheldAt: instant,
  },
  {},
  { description: 'What a rule gives and separation of duties withholds.', 'x-subject': 'identity' },
);

export const sponsorshipSchema = object(
  { identity: uuid, sponsor: orNull(uuid), endsAt: orNull(instant) },
  { former: uuid, daysLeft: count },
  { description: 'Who answers for a contractor, and until when they work here.', 'x-subject': 'identity' },
);

export const formerAccessSchema = object(
  { identity: uuid, assignments: list(uuid), offeredAt: instant },
  {},
  { description: 'What somebody who was hired again may ask for: they had it before.', 'x-subject': 'identity' },
);

export const lockdownSchema = object(
  { identity: uuid, at: instant, reason: personal(text, 'identity') },
  {},
  { description: 'Security locked a person down, or ended that.', 'x-subject': 'identity' },
);

export const desiredAccessSchema = object(
  {
    identity: uuid,
    application: text,
    status: oneOf('active', 'on-leave', 'leaver'),
    accounts: list(
      object(
        {
          type: oneOf('User'),
          active: flag,
          attributes: personal(record, 'identity'),
          packages: list(text),
          groups: list(text),
        },
        { sources: list(text) },
      ),
    ),
    entitlements: list(entitled({ because: list(uuid) })),
  },
  { withdrawn: list(entitled({ because: list(uuid) })), deletes: flag },
  { description: 'What one identity should have in one application from now on.', 'x-subject': 'identity' },
);

export const desiredAccessRestatedSchema = object(
  { application: text, count },
  { sources: list(text) },
  { description: 'Ends a restatement: the newest message of each identity was published again before it.' },
);

export const applicationSchema = object(
  { application: text, displayName: text, owners: list(uuid) },
  {
    connectorId: text,
    ownerPackages: list(text),
    provisionedBy: oneOf('hub', 'identity-provider', 'manual', 'unknown'),
    region: orNull(text),
    dataClass: { enum: ['public', 'internal', 'confidential', 'restricted', null] },
    priority: oneOf('low', 'normal', 'high', 'critical'),
    entitlements: list(
      entitled({
        description: orNull(text),
        risk: oneOf('low', 'medium', 'high'),
        owner: orNull(text),
        privileged: flag,
      }),
    ),
  },
  { description: 'A system in which people have access.' },
);

const approvalStage = object(
  {
    approvers: list(text),
    quorum: { oneOf: [count, { const: 'all' }] },
    timeout: text,
    onTimeout: oneOf('deny', 'escalate'),
  },
  { escalateTo: list(text) },
);

export const accessPackageSchema = object(
  {
    package: text,
    version: count,
    displayName: text,
    status: oneOf('draft', 'published', 'deprecated', 'retired'),
    grants: list(entitled({ application: text })),
  },
  {
    owners: list(text),
    includes: list(text),
    justInTime: orNull(text),
    breakGlass: orNull(text),
    description: orNull(text),
    eligibility: orNull(text),
    eligibilityLost: oneOf('end', 'approve-again', 'keep'),
    graceDays: count,
    requestFor: { enum: ['self', 'team', 'anyone', null] },
    requireJustification: flag,
    approval: {
      oneOf: [
        { const: 'none' },
        { type: 'null' },
        object({ stages: list(approvalStage) }, { distinctApprovers: flag }),
      ],
    },
    maxDuration: orNull(text),
    extendable: flag,
    suspendOnLeave: flag,
    incompatibleWith: list(text),
    review: {
      oneOf: [
        { type: 'null' },
        object({ every: orNull(text), reviewers: list(text), onNoResponse: oneOf('keep', 'revoke') }),
      ],
    },
    successor: orNull(text),
  },
  { description: 'One version of an access package, with its policy.' },
);

export const birthrightRuleSchema = object(
  { rule: text, displayName: text, filter: text, packages: list(text) },
  { privilegedException: orNull(text), privilegedExceptionUntil: orNull(instant), graceDays: count },
  { description: 'Assigns packages to every identity its filter matches.' },
);

export const nameRuleSchema = object(
  { rule: text, displayName: text, filter: orNull(text), pattern: text },
  {},
  { description: 'How user names are made for people of whom HR states no address.' },
);

const separatedItem = { oneOf: [text, entitled({ application: text })] };

export const separationRuleSchema = object(
  {
    rule: text,
    displayName: text,
    left: list(separatedItem),
    right: list(separatedItem),
    mode: oneOf('prevent', 'detect'),
    compensatingControls: list(separatedItem),
    owners: list(text),
    dueIn: text,
  },
  {},
  { description: 'What nobody is to have together.' },
);
