/** What other features of this service may use of this one. */
export type { Coverage, Unread } from './coverage.js';
export { accountCoverage, type AccountCoverage } from './account-coverage.js';
export { accountCoverageAnswer, coverageAnswer, readingWindowAnswer } from './coverage.answers.js';
export { Coverages } from './coverage.query.js';
export {
  nextReadingAt,
  type ReadingSchedule,
  type ReadingWindow,
  scheduleProblems,
  type StatedWindow,
  type Weekday,
  weekdays,
  windowOf,
} from './reading-schedule.js';
