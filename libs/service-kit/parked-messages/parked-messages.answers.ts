import { count, flag, instant, named, nullable, object, oneOf, text, uuid } from '../openapi/schema.js';
import type { ParkedOutcome, ParkedView } from './parked-messages.dto.js';

const id = '01a20d55-1fe0-7035-b0be-4fc310015bde';

export const parkedAnswer = named(
  'ParkedMessage',
  object<ParkedView>({
    id: uuid,
    group: text,
    topic: text,
    key: text,
    type: text,
    source: text,
    sequence: count,
    epoch: count,
    reason: text,
    failures: count,
    parkedAt: instant,
    poison: flag,
    waiting: count,
  }),
  {
    id,
    group: 'governance',
    topic: 'hub.hr.lifecycle',
    key: '8f6f3c1e-2b6d-4a7e-9c1d-3f2b1a0c9d8e',
    type: 'hub.hr.worker.moved.v1',
    source: '/hr/worker-2c1d0e9f-8a7b-4c6d-8e4f-0a1b2c3d4e5f',
    sequence: 7,
    epoch: 1,
    reason: 'this version does not know hub.hr.worker.moved.v1',
    failures: 1,
    parkedAt: '2026-03-02T09:00:00.000Z',
    poison: true,
    waiting: 2,
  },
);

const stuck = nullable(object<NonNullable<ParkedOutcome['stuck']>>({ id: uuid, reason: text }));

export const outcomeAnswer = named(
  'ParkedMessageOutcome',
  object<ParkedOutcome>({
    id: uuid,
    group: text,
    outcome: oneOf('replayed', 'parked-again', 'dismissed'),
    stuck,
  }),
  {
    id,
    group: 'governance',
    outcome: 'parked-again',
    stuck: { id, reason: 'this version does not know hub.hr.worker.moved.v1' },
  },
);
