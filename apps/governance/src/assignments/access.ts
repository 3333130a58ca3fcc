import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type { AccessEvent, AssignmentTerms, RevocationCode } from './access.events.js';
import {
  noAccess,
  noChanges,
  type Access,
  type Assignment,
  type Changes,
  type EndedAssignment,
} from './access-state.js';
import { withCarried, withRemoval } from './delivery.js';
import { heldIn } from './end-change.js';
import { removalWord } from './removal.js';
import { type Excluding, foldBirthright } from './birthright.js';
import { emergencyOf } from './emergency.js';
import { foldGrace } from './grace.js';
import { foldSeparation } from './separation.js';
import { endedFoundAfter } from './as-found.js';
import { keptBefore, takenAfter, takenBy } from './taken.js';
import { foldWorkflow } from './workflow.js';
import { foldVersion, reachedAtFirst, withheldWithout } from './versions.js';

export const access: Fold<Access, AccessEvent> = {
  version: 12,
  initial: noAccess,
  evolve: (state, event) => {
    switch (event.type) {
      case 'AssignmentCreated': {
        const { assignment, applications, scheduled, restores, grace = null } = event.data;
        const reached = reachedAtFirst(assignment, event.data.reached);
        const phase = scheduled === true ? 'scheduled' : 'active';
        return {
          ...state,
          assignments: [
            ...state.assignments,
            {
              ...assignment,
              applications,
              phase,
              noticed: null,
              grace,
              graceOrigin: null,
              keptFor: keptBefore(restores, state),
              reached,
              movesTo: null,
            },
          ],
          taken: takenAfter(restores, state),
          emergencies: [...state.emergencies, ...emergencyOf(assignment)],
        };
      }
      case 'AssignmentStarted':
      case 'AssignmentResumed':
        return withAssignment(state, event.data.assignment, { phase: 'active', applications: event.data.applications });
      case 'AssignmentSuspended':
        return withAssignment(state, event.data.assignment, { phase: 'suspended' });
      case 'AssignmentExtended':
      case 'AssignmentEndChanged':
        return withEnd(state, event.data.assignment);
      case 'AssignmentExpiring':
        return withAssignment(state, event.data.assignment, { noticed: event.data.daysLeft });
      case 'AssignmentRevoked': {
        const { assignment, code, delivery, revokedAt, removals = [] } = event.data;
        const ended = { assignment, code, delivery, revokedAt, removals };
        return {
          ...state,
          assignments: without(state, assignment.assignmentId),
          taken: takenBy(event, state),
          withheldVersions: withheldWithout(state, assignment.assignmentId),
          ...endedFoundAfter(event, state),
          ended: removalWord(removals) === 'done' ? state.ended : [...state.ended, ended],
        };
      }
      case 'AssignmentRemovalChanged': {
        const { assignment, changed, removal } = event.data;
        const isIt = (one: EndedAssignment): boolean => one.assignment.assignmentId === assignment.assignmentId;
        return {
          ...state,
          ended:
            removal === 'done'
              ? state.ended.filter((one) => !isIt(one))
              : state.ended.map((one) => (isIt(one) ? withRemoval(one, changed) : one)),
        };
      }
      case 'AssignmentDeliveryChanged': {
        const { assignment, carried } = event.data;
        return {
          ...state,
          assignments: state.assignments.map((one) =>
            one.assignmentId === assignment.assignmentId ? withCarried(one, carried) : one,
          ),
        };
      }
      case 'EmergencyReviewed': {
        const { assignmentId } = event.data.emergency;
        return { ...state, emergencies: state.emergencies.filter((one) => one.assignmentId !== assignmentId) };
      }
      case 'SeparationExceptionGranted':
      case 'SeparationExceptionEnded':
      case 'SeparationExceptionRestored':
      case 'SeparationFindingStated':
      case 'SeparationFindingSolved':
        return foldSeparation(state, event);
      case 'AssignmentCertified':
      case 'AssignmentCertificationOverdue':
        return withAssignment(state, event.data.assignment, { cause: event.data.assignment.cause });
      case 'AssignmentGraceStarted':
      case 'AssignmentKept':
        return foldGrace(state, event);
      case 'AssignmentVersionReached':
      case 'AssignmentVersionWithheld':
      case 'AssignmentMoving':
        return foldVersion(state, event);
      case 'BirthrightExcluded':
      case 'BirthrightExclusionEnded':
      case 'BirthrightWithheld':
      case 'BirthrightWithholdingEnded':
      case 'FormerAccessOffered':
        return foldBirthright(state, event);
      case 'WorkflowStepsPlanned':
      case 'WorkflowStepTaken':
      case 'WorkflowStepAnswered':
      case 'WorkflowStepsCancelled':
        return foldWorkflow(state, event);
      default:
        return unreachable(event);
    }
  },
};

/** Whether a value from a row is the state of what a person holds. */
export const isAccess = hasShape<Access>({
  assignments: 'list',
  ended: 'list',
  exceptions: 'list',
  findings: 'list',
  emergencies: 'list',
  exclusions: 'list',
  withheld: 'list',
  taken: 'list',
  withheldVersions: 'list',
  workflows: 'object',
});

/** Everything ends with the identity's last employment, and when security locks it down. */
export function endAll(code: 'left' | 'locked_down', state: Access): Changes {
  const revoked = state.assignments.map((assignment) => ({ assignment, code, reason: null }));
  return { ...noChanges, revoked };
}

/** How somebody revokes an assignment. */
interface Revoking {
  readonly code: RevocationCode;
  readonly reason: string;
  /** Of what a rule gives, which the rule would give again at once. */
  readonly exclusion: Excluding;
}

/** What a rule gives is excluded for a time besides. @throws AssignmentNotActive */
export function revoke(assignmentId: string, { code, reason, exclusion }: Revoking, state: Access): Changes {
  const assignment = heldIn(assignmentId, state);
  const ending = { ...noChanges, revoked: [{ assignment, code, reason }] };
  if (assignment.cause.type !== 'birthright') return ending;
  const { identityId, packageId } = assignment;
  return { ...ending, exclusions: { made: [{ ...exclusion, identityId, packageId, reason }], ended: [] } };
}

export function holds(packageId: string, state: Access): boolean {
  return state.assignments.some((one) => one.packageId === packageId);
}

function withAssignment(state: Access, { assignmentId }: AssignmentTerms, change: Partial<Assignment>): Access {
  return {
    ...state,
    assignments: state.assignments.map((one) => (one.assignmentId === assignmentId ? { ...one, ...change } : one)),
  };
}

function withEnd(state: Access, terms: AssignmentTerms): Access {
  const changed = withAssignment(state, terms, { ...terms, noticed: null });
  if (terms.until !== undefined) return changed;
  const endless = ({ until: _, ...one }: Assignment): Assignment => one;
  const assignments = changed.assignments.map((one) => (one.assignmentId === terms.assignmentId ? endless(one) : one));
  return { ...changed, assignments };
}

const without = ({ assignments }: Access, assignmentId: string): Assignment[] =>
  assignments.filter((one) => one.assignmentId !== assignmentId);
