/** What other features of this service may use of this one. */
export type {
  AccessEvent,
  AssignmentCreated,
  AssignmentRevoked,
  AssignmentTerms,
  AtOnce,
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
  type Changes,
  type EndedAssignment,
  noAccess,
  noChanges,
  type Step,
  type TakenAssignment,
  termsOf,
} from './access-state.js';
export { access, endAll, holds, revoke } from './access.js';
export {
  type Birthright,
  deriveBirthrights,
  type Excluding,
  excluding,
  exclusionsNow,
  stillGiven,
  withheldChanges,
} from './birthright.js';
export type { BirthrightWithholdingEnded } from './birthright.events.js';
export {
  alsoCertified,
  certificationDue,
  certify,
  type FoundAccess,
  foundChanges,
  goneAfter,
  isUncertified,
  withdrawnOf,
} from './as-found.js';
export type { Grace } from './grace.events.js';
export { releaseSteps, reachedAtFirst, type Withholding } from './versions.js';
export type { CancelCode, PlannedStep, StepAnswer, StepCode, StepOutcome, WorkflowEvent } from './workflow.events.js';
export type { StandingStep, WorkflowState } from './workflow-state.js';
export { cancelCodes, stepCodes } from './workflow.events.js';
export {
  byHand,
  foldWorkflows,
  isActing,
  stepsCancelled,
  stepsPlanned,
  stepTerms,
  transferAnswered,
} from './workflow.js';
export type { WithheldVersion } from './version.events.js';
export { formerOf, offered, restored } from './taken.js';
export { assignmentCreated, assignmentRevoked, carriedAgain, stepFact } from './access-facts.js';
export { grantedAgain } from './application-answers.js';
export { AssignmentNotActive, AssignmentRefused, bulkRefusals } from './access.errors.js';
export { assignedPeriod, longestOf, refuseAssigning } from './assigning.js';
export type { AssignmentView } from './assignment-view.js';
export { extendedDirectly, heldOf, shorten } from './end-change.js';
export { holderOf } from './assignment-holder.query.js';
export { Accesses, type AssignmentFacts } from './accesses.stream.js';
export { exceptedRules, exceptionsNow, exceptionsOfLeaver, findingChanges, restoredExceptions } from './separation.js';
export type { ExceptionEndCode, SeparationException } from './separation.events.js';
export { assignmentAnswer, groundsSchema, removalState, revocationCode } from './assignments.answers.js';
export { NamedAssignments } from './named-assignments.query.js';
export { hasMoved, nextDue, noticesOf, timelyChanges } from './time.js';
export { type DesiredStep, removalOf, removalWord } from './removal.js';
