import {
  anyObject,
  anything,
  count,
  flag,
  instant,
  list,
  map,
  named,
  nullable,
  object,
  optional,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import type { Damage } from './check-leaf.js';
import type { CheckResult } from './log-check.process.js';
import type { NotStored } from './storable.js';
import type { EntryView } from './list-entries.query.js';
import type { Person } from './people.query.js';
import type { Title } from './titles.query.js';
import type { ConsistencyProof, InclusionProof } from './read-proofs.query.js';

/** The key that verifies the log. */
export interface LogKeyView {
  readonly origin: string;
  readonly vkey: string;
}

export const personAnswer = object<Person>({ id: uuid, employeeId: nullable(text), displayName: nullable(text) });
export const titleAnswer = object<Title>({ id: text, displayName: nullable(text) });

export const entryAnswer = named(
  'Entry',
  object<EntryView>({
    index: count,
    id: uuid,
    type: text,
    source: text,
    subject: text,
    epoch: count,
    sequence: count,
    actor: text,
    correlationId: text,
    causationId: nullable(text),
    occurredAt: instant,
    recordedAt: instant,
    application: optional(text),
    data: anyObject,
    notKept: optional(list(object<NotStored>({ field: text, reason: text }))),
    identity: nullable(text),
    named: object<EntryView['named']>({
      identity: nullable(personAnswer),
      actor: nullable(personAnswer),
      application: nullable(titleAnswer),
    }),
    leafHash: text,
    leafData: text,
    personal: list(object<EntryView['personal'][number]>({ subject: uuid, fields: nullable(map(anything)) })),
  }),
  {
    index: 17,
    id: '0198c0de-0000-7000-8000-000000000001',
    type: 'hub.governance.request.decided.v1',
    source: '/governance/request-0198c0de-0000-7000-8000-00000000000c',
    subject: '0198c0de-0000-7000-8000-00000000000c',
    epoch: 1,
    sequence: 2,
    actor: 'identity/0198c0de-0000-7000-8000-00000000000b',
    correlationId: '0198c0de-0000-7000-8000-000000000002',
    causationId: null,
    occurredAt: '2026-03-02T10:00:00.000Z',
    recordedAt: '2026-03-02T10:00:00.060Z',
    data: { request: '0198c0de-0000-7000-8000-00000000000c', decision: 'approve' },
    identity: '0198c0de-0000-7000-8000-00000000000a',
    named: {
      identity: { id: '0198c0de-0000-7000-8000-00000000000a', employeeId: '1001', displayName: 'Ada Lovelace' },
      actor: { id: '0198c0de-0000-7000-8000-00000000000b', employeeId: '1000', displayName: 'Grace Hopper' },
      application: null,
    },
    leafHash: 'q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=',
    leafData: '{"actor":"identity/…"}',
    personal: [{ subject: '0198c0de-0000-7000-8000-00000000000b', fields: { comment: 'part of her new role' } }],
  },
);

const hash = 'q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=';
const root = 'A3ZkY2a1pX2v7p6iY3m3V7h0f9YkJ1b3pW0c2r5s8t0=';
const path = ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='];

export const inclusionAnswer = named(
  'InclusionProof',
  object<InclusionProof>({
    index: count,
    size: count,
    leafHash: text,
    path: list(text),
    root: text,
    checkpoint: nullable(text),
  }),
  { index: 17, size: 40, leafHash: hash, path, root, checkpoint: null },
);

export const consistencyAnswer = named(
  'ConsistencyProof',
  object<ConsistencyProof>({ from: count, to: count, path: list(text), fromRoot: text, toRoot: text }),
  { from: 17, to: 40, path, fromRoot: hash, toRoot: root },
);

export const checkAnswer = named(
  'LogCheck',
  object<CheckResult>({
    ok: flag,
    checked: count,
    damage: nullable(object<Damage>({ entry: nullable(count), finding: text })),
  }),
  { ok: true, checked: 1804, damage: null },
);

export const logKeyAnswer = named('LogKey', object<LogKeyView>({ origin: text, vkey: text }), {
  origin: 'identity-hub/audit/…',
  vkey: 'identity-hub/audit/…+5c1ed3c2+AW…',
});
