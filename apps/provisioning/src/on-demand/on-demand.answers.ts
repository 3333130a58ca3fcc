import type { SeenExchange } from '#libs/outgoing/seen-exchange.js';
import {
  anything,
  flag,
  instant,
  list,
  named,
  nullable,
  number,
  object,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { runKinds, type RunStep, stepNames, type StepValue } from './on-demand-run.js';
import type { OnDemandRunView } from './on-demand-runs.store.js';

export const seenExchange = object<SeenExchange>({
  method: text,
  path: text,
  body: nullable(text),
  status: nullable(number),
  answer: nullable(text),
});

const stepValue = object<StepValue>({ name: text, value: anything, shown: anything, isSame: nullable(flag) });

export const onDemandRunAnswer = named(
  'OnDemandRun',
  object<OnDemandRunView>({
    id: uuid,
    connector: text,
    identity: uuid,
    application: nullable(text),
    kind: oneOf(...runKinds),
    status: oneOf('running', 'completed', 'failed'),
    askedBy: text,
    askedAt: instant,
    finishedAt: nullable(instant),
    steps: list(
      object<RunStep>({
        name: oneOf(...stepNames),
        outcome: oneOf('done', 'failed', 'skipped'),
        detail: text,
        values: list(stepValue),
        requests: list(seenExchange),
      }),
    ),
  }),
  {
    id: '0190a2c4-5f3a-7000-8000-000000000001',
    connector: 'wiki',
    identity: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
    application: 'wiki',
    kind: 'provision',
    status: 'completed',
    askedBy: '0190a2c4-5f3a-7000-8000-0000000000aa',
    askedAt: '2026-03-02T09:00:00.000Z',
    finishedAt: '2026-03-02T09:00:01.000Z',
    steps: [
      {
        name: 'source',
        outcome: 'done',
        detail: 'an account is desired',
        values: [{ name: 'userName', value: 'ada@corp.example', shown: null, isSame: null }],
        requests: [],
      },
      {
        name: 'calls',
        outcome: 'done',
        detail: 'the account is as desired',
        values: [],
        requests: [
          {
            method: 'POST',
            path: '/scim/v2/Users',
            body: '{"userName":"ada@corp.example"}',
            status: 201,
            answer: '{"id":"2819c223","userName":"ada@corp.example"}',
          },
        ],
      },
    ],
  },
);
