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
import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import { type Person, personAnswer, titleAnswer } from '../log/log.exports.js';
import type { Coverage } from './coverages.query.js';
import type { TimelineItem } from './identity-timeline.query.js';
import type { AccessItem } from './list-access.query.js';
import { bases } from './steps.js';
import type { NamedExplanation } from './named-explanations.query.js';

const person = personAnswer;
const state = oneOf('confirmed', 'written', 'possible', 'found');
const step = object<NamedExplanation['origin']>({ entry: count, type: text, at: instant, actor: text });

type By<Type extends NamedExplanation['by']['type']> = Extract<NamedExplanation['by'], { type: Type }>;

const why = object<NamedExplanation>({
  assignment: uuid,
  package: text,
  packageVersion: count,
  since: instant,
  by: either(
    object<By<'request'>>({
      type: constant('request'),
      request: uuid,
      requester: nullable(person),
      submittedAt: nullable(instant),
      justification: nullable(text),
      approvals: list(
        object<By<'request'>['approvals'][number]>({
          approver: person,
          decision: oneOf('approve', 'deny'),
          at: instant,
          comment: nullable(text),
          entry: count,
        }),
      ),
    }),
    object<By<'birthright'>>({ type: constant('birthright'), rule: text }),
    object<By<'as-found'>>({
      type: constant('as-found'),
      connector: text,
      account: text,
      reading: uuid,
      firstSeenAt: instant,
      sinceUnknown: flag,
      certifyBy: instant,
      overdueSince: nullable(instant),
      certifiedBy: nullable(person),
      certifiedAt: nullable(instant),
    }),
    object<By<'workflow'>>({ type: constant('workflow'), workflow: text, version: count, step: uuid }),
    object<Extract<NamedExplanation['by'], { readonly by: Person }>>({
      type: oneOf('direct', 'just-in-time', 'break-glass'),
      by: person,
    }),
  ),
  named: object<NamedExplanation['named']>({ package: titleAnswer, rule: nullable(titleAnswer) }),
  origin: step,
  chain: list(step),
});
const application = object<AccessItem['named']>({ application: titleAnswer });

const ada: Person = { id: '0198c0de-0000-7000-8000-00000000000a', employeeId: '1001', displayName: 'Ada Lovelace' };
const submitted = {
  entry: 16,
  type: 'hub.governance.request.submitted.v1',
  at: '2026-03-02T09:00:00.000Z',
  actor: 'identity/0198c0de-0000-7000-8000-00000000000a',
};
const whyExample: NamedExplanation = {
  assignment: '0198c0de-0000-7000-8000-0000000000aa',
  package: 'chat-analyst',
  packageVersion: 1,
  since: '2026-03-02T10:00:00.000Z',
  by: {
    type: 'request',
    request: '0198c0de-0000-7000-8000-00000000000c',
    requester: ada,
    submittedAt: '2026-03-02T09:00:00.000Z',
    justification: 'I analyse what people ask us',
    approvals: [
      {
        approver: { id: '0198c0de-0000-7000-8000-00000000000b', employeeId: '1000', displayName: 'Grace Hopper' },
        decision: 'approve',
        at: '2026-03-02T10:00:00.000Z',
        comment: 'part of her new role',
        entry: 17,
      },
    ],
  },
  named: { package: { id: 'chat-analyst', displayName: 'Chat analyst' }, rule: null },
  origin: submitted,
  chain: [submitted],
};

const heldExample = {
  since: '2026-03-02T10:00:01.000Z',
  until: null,
  state: 'confirmed',
  confirmedAt: '2026-03-02T10:00:01.020Z',
  shouldHaveEnded: false,
  justifiedUntil: null,
  lastSeenAt: null,
  sinceUnknown: false,
} as const;

type Held = AccessItem['entitlements'][number];

export const accessAnswer = named(
  'Access',
  object<AccessItem>({
    identity: person,
    application: text,
    entitlements: list(
      entitled<Omit<Extract<Held, { account: true }>, 'account'>>({
        since: instant,
        until: nullable(instant),
        state,
        confirmedAt: nullable(instant),
        shouldHaveEnded: flag,
        justifiedUntil: nullable(instant),
        lastSeenAt: nullable(instant),
        sinceUnknown: flag,
      }) as Schema<Held>,
    ),
    since: instant,
    until: nullable(instant),
    state,
    confirmedAt: nullable(instant),
    shouldHaveEnded: flag,
    enabled: flag,
    named: application,
    coverage: object<Coverage>({ lastReadAt: nullable(instant), holdingsReadAt: nullable(instant) }),
    why: list(why),
    lastWhy: list(why),
  }),
  {
    identity: ada,
    application: 'chat',
    entitlements: [
      { account: true, ...heldExample },
      { group: 'analysts', ...heldExample },
    ],
    since: '2026-03-02T10:00:01.000Z',
    until: null,
    state: 'confirmed',
    confirmedAt: '2026-03-02T10:00:01.020Z',
    shouldHaveEnded: false,
    enabled: true,
    named: { application: { id: 'chat', displayName: 'Chat' } },
    coverage: { lastReadAt: '2026-03-02T22:00:00.000Z', holdingsReadAt: '2026-03-02T22:00:00.000Z' },
    why: [whyExample],
    lastWhy: [],
  },
);

export const timelineAnswer = named(
  'TimelineItem',
  entitled<Omit<TimelineItem, 'account' | 'group' | 'role'>>({
    identity: person,
    application: text,
    basis: oneOf(...bases),
    since: instant,
    sinceRecordedAt: instant,
    sinceEntry: count,
    until: nullable(instant),
    untilRecordedAt: nullable(instant),
    untilEntry: nullable(count),
    state: nullable(state),
    confirmedAt: nullable(instant),
    confirmedEntry: nullable(count),
    enabled: flag,
    shouldHaveEnded: flag,
    justifiedUntil: nullable(instant),
    justifiedUntilEntry: nullable(count),
    lastSeenAt: nullable(instant),
    lastSeenEntry: nullable(count),
    sinceUnknown: flag,
    named: application,
    why: list(why),
  }) as Schema<TimelineItem>,
  {
    identity: ada,
    application: 'chat',
    basis: 'possible',
    group: 'analysts',
    since: '2026-03-02T10:00:01.000Z',
    sinceRecordedAt: '2026-03-02T10:00:01.050Z',
    sinceEntry: 21,
    until: null,
    untilRecordedAt: null,
    untilEntry: null,
    state: 'confirmed',
    confirmedAt: '2026-03-02T10:00:01.020Z',
    confirmedEntry: 22,
    enabled: true,
    shouldHaveEnded: false,
    justifiedUntil: null,
    justifiedUntilEntry: null,
    lastSeenAt: null,
    lastSeenEntry: null,
    sinceUnknown: false,
    named: { application: { id: 'chat', displayName: 'Chat' } },
    why: [whyExample],
  },
);
