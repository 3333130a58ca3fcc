import { instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { seenExchange } from '../on-demand/on-demand.exports.js';
import { rehearsedSteps, type RehearsedStep } from './rehearsal.js';
import type { RehearsalView } from './rehearsals.store.js';

export const rehearsalAnswer = named(
  'Rehearsal',
  object<RehearsalView>({
    id: uuid,
    connector: text,
    userName: text,
    status: oneOf('running', 'completed', 'failed'),
    askedBy: text,
    askedAt: instant,
    finishedAt: nullable(instant),
    leftOver: nullable(text),
    steps: list(
      object<RehearsedStep>({
        name: oneOf(...rehearsedSteps),
        outcome: oneOf('done', 'failed', 'skipped'),
        detail: text,
        requests: list(seenExchange),
      }),
    ),
  }),
  {
    id: '0190a2c4-5f3a-7000-8000-000000000001',
    connector: 'wiki',
    userName: 'identity-hub-rehearsal-000000000001@example.com',
    status: 'completed',
    askedBy: '0190a2c4-5f3a-7000-8000-0000000000aa',
    askedAt: '2026-03-02T09:00:00.000Z',
    finishedAt: '2026-03-02T09:00:03.000Z',
    leftOver: null,
    steps: [
      {
        name: 'disable',
        outcome: 'done',
        detail: 'answered 200; the application shows it',
        requests: [
          {
            method: 'PATCH',
            path: '/scim/v2/Users/2819c223',
            body: '{"Operations":[{"op":"replace","path":"active","value":false}]}',
            status: 200,
            answer: '{"id":"2819c223","active":false}',
          },
        ],
      },
    ],
  },
);
