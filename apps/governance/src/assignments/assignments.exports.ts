/** What other features of this service may use of this one. */
export { assignmentRowsOf } from './access-rows.projection.js';
export type {
  AccessEvent,
  AssignmentCreated,
  AssignmentRevoked,
  Carried,
  Grounds,
  Removal,
  RemovalItem,
  RemovalState,
  RevocationCode,
} from './access.events.js';
export {
  type Access,
  type Assignment,
  assignmentCreated,
  assignmentRevoked,
  type Birthright,
  carriedAgain,
  type Changes,
  deriveBirthrights,
  endAll,
  type EndedAssignment,
  grantedAgain,
  holds,
  noAccess,
  noChanges,
} from './access.js';
export { Accesses, type AssignmentFacts } from './accesses.stream.js';
export { groundsSchema, removalState } from './assignments.answers.js';
export { type DesiredStep, removalOf, removalWord } from './removal.js';
