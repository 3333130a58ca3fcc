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
import { assignmentAnswer } from '../assignments/assignments.exports.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import { answerCodes, type AnswerResult, type AnswersView } from './decide-items.command.js';
import type { ReviewItemView } from './review-items.query.js';
import type { ReviewCounts, ReviewView } from './reviews.query.js';

const counts = object<ReviewCounts>({
  total: count,
  open: count,
  withoutReviewer: count,
  kept: count,
  revoked: count,
  shortened: count,
  lapsed: count,
  unverified: count,
});

export const reviewAnswer = named(
  'Review',
  object<ReviewView>({
    id: uuid,
    displayName: text,
    scope: object<ReviewView['scope']>({
      packageId: nullable(text),
      application: nullable(text),
      asFound: flag,
      birthrights: flag,
    }),
    reviewers: nullable(list(text)),
    onNoResponse: nullable(oneOf('keep', 'revoke')),
    dueAt: instant,
    status: oneOf('open', 'closing', 'closed', 'cancelled'),
    listed: flag,
    startedAt: instant,
    endedAt: nullable(instant),
    closedAt: nullable(instant),
    cancelledReason: nullable(text),
    items: counts,
  }),
  {
    id: '01a20d55-2a13-7c41-9d0e-5b7a9e1c2d3f',
    displayName: 'Wiki editors, first quarter',
    scope: { packageId: 'wiki-editors', application: null, asFound: false, birthrights: false },
    reviewers: ['manager'],
    onNoResponse: 'revoke',
    dueAt: '2026-03-16T09:00:00.000Z',
    status: 'open',
    listed: true,
    startedAt: '2026-03-02T09:00:00.000Z',
    endedAt: null,
    closedAt: null,
    cancelledReason: null,
    items: { total: 12, open: 3, withoutReviewer: 0, kept: 7, revoked: 1, shortened: 1, lapsed: 0, unverified: 1 },
  },
);

export const reviewItemAnswer = named(
  'ReviewItem',
  object<ReviewItemView>({
    id: uuid,
    reviewId: uuid,
    assignment: assignmentAnswer,
    status: oneOf('open', 'decided', 'lapsed'),
    reviewers: list(namedPersonAnswer),
    instead: list(text),
    onNoResponse: oneOf('keep', 'revoke'),
    decision: nullable(oneOf('keep', 'revoke', 'shorten')),
    until: nullable(instant),
    decidedBy: nullable(namedPersonAnswer),
    onBehalfOf: nullable(namedPersonAnswer),
    decidedAt: nullable(instant),
    comment: nullable(text),
    verified: nullable(
      object<NonNullable<ReviewItemView['verified']>>({
        by: nullable(namedPersonAnswer),
        at: instant,
        comment: nullable(text),
      }),
    ),
  }),
  {
    id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8f',
    reviewId: '01a20d55-2a13-7c41-9d0e-5b7a9e1c2d3f',
    assignment: assignmentAnswer.example as ReviewItemView['assignment'],
    status: 'open',
    reviewers: [{ id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' }],
    instead: [],
    onNoResponse: 'revoke',
    decision: null,
    until: null,
    decidedBy: null,
    onBehalfOf: null,
    decidedAt: null,
    comment: null,
    verified: null,
  },
);

export const answersAnswer = named(
  'ReviewAnswers',
  object<AnswersView>({
    decided: count,
    lapsed: count,
    refused: count,
    results: list(
      object<AnswersView['results'][number]>({
        line: nullable(count),
        itemId: nullable(text),
        result: oneOf<AnswerResult['result']>('decided', 'lapsed', 'refused'),
        code: nullable(oneOf(...answerCodes)),
        detail: nullable(text),
      }),
    ),
  }),
  {
    decided: 1,
    lapsed: 0,
    refused: 1,
    results: [
      { line: null, itemId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8f', result: 'decided', code: null, detail: null },
      {
        line: null,
        itemId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d90',
        result: 'refused',
        code: 'review_item.own_access',
        detail: 'nobody reviews their own access',
      },
    ],
  },
);
