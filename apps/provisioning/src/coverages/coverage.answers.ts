import { count, instant, list, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import type { AccountCoverage } from './account-coverage.js';
import type { CompleteReadingView, Coverage, Gap } from './coverage.js';
import { type ReadingWindow, weekdays } from './reading-schedule.js';

const gap = object<Gap>({
  what: oneOf('accounts', 'groups', 'roles'),
  reason: oneOf('never-read', 'held', 'failed', 'not-shown', 'overdue'),
  since: nullable(instant),
  detail: text,
});

export const accountCoverageAnswer = object<AccountCoverage>({
  state: oneOf('no-account', 'never-read', 'shown', 'not-shown', 'written-since'),
  readAt: nullable(instant),
  missingSince: nullable(instant),
  gaps: list(gap),
});

export const coverageAnswer = object<Coverage>({
  state: oneOf('never-read', 'gaps', 'complete'),
  since: nullable(instant),
  lastComplete: nullable(
    object<CompleteReadingView>({ id: uuid, startedAt: instant, finishedAt: instant, accounts: count }),
  ),
  gaps: list(gap),
  running: nullable(uuid),
  nextReadingAt: nullable(instant),
});

export const readingWindowAnswer = object<ReadingWindow>({
  from: text,
  until: text,
  timeZone: text,
  days: list(oneOf(...weekdays)),
});
