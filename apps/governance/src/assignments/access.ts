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
import { endable } from './end-change.js';
import { removalWord } from './removal.js';
import { emergencyOf } from './emergency.js';
import { foldSeparation } from './separation.js';

export const access: Fold<Access, AccessEvent> = {
  version: 5,
  initial: noAccess,
  evolve: (state, event) => {
    switch (event.type) {
      case 'AssignmentCreated': {
        const { assignment, applications, scheduled } = event.data;
        const phase = scheduled === true ? 'scheduled' : 'active';
        return {
          ...state,
          assignments: [...state.assignments, { ...assignment, applications, phase, noticed: null }],
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
        return withAssignment(state, event.data.assignment, { ...event.data.assignment, noticed: null });
      case 'AssignmentExpiring':
        return withAssignment(state, event.data.assignment, { noticed: event.data.daysLeft });
      case 'AssignmentRevoked': {
        const { assignment, code, delivery, revokedAt, removals = [] } = event.data;
        const ended = { assignment, code, delivery, revokedAt, removals };
        return {
          ...state,
          assignments: without(state, assignment.assignmentId),
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
      case 'SeparationFindingStated':
      case 'SeparationFindingSolved':
        return foldSeparation(state, event);
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
});

/** A package a rule gives. */
export interface Birthright {
  readonly packageId: string;
  readonly packageVersion: number;
  readonly rule: string;
}

/**
 * The assignments that rules create and end. A package is held once: a person who holds it by request gets it by rule
 * only after the request's assignment ends.
 * @param ending assignments that end for another reason in the same step
 */
export function deriveBirthrights(
  identityId: string,
  wanted: readonly Birthright[],
  given: {
    newId: () => string;
    at: string;
    /** Is nobody to have this package who has the others? */
    clashes: (packageId: string, others: Iterable<string>) => boolean;
  },
  state: Access,
  ending: ReadonlySet<string> = new Set(),
): Changes {
  const revoked = state.assignments
    .filter((one) => !ending.has(one.assignmentId) && !stillGiven(one, wanted))
    .map((assignment) => ({ assignment, code: 'rule_no_longer_matches' as const, reason: null }));
  const gone = new Set([...ending, ...revoked.map(({ assignment }) => assignment.assignmentId)]);
  const held = new Set(state.assignments.filter((one) => !gone.has(one.assignmentId)).map((one) => one.packageId));
  const created: AssignmentTerms[] = [];
  for (const { packageId, packageVersion, rule } of wanted) {
    // Not given while the person holds the other package.
    if (held.has(packageId) || given.clashes(packageId, held)) continue;
    held.add(packageId);
    const cause = { type: 'birthright', rule } as const;
    created.push({ assignmentId: given.newId(), identityId, packageId, packageVersion, cause, since: given.at });
  }
  return { created, revoked, steps: [] };
}

/** Everything ends with the identity's last employment, and when security locks it down. */
export function endAll(code: 'left' | 'locked_down', state: Access): Changes {
  const revoked = state.assignments.map((assignment) => ({ assignment, code, reason: null }));
  return { ...noChanges, revoked };
}

/** @throws AssignmentNotActive, AssignmentGivenByRule (the rule would give it again at once) */
export function revoke(
  assignmentId: string,
  { code, reason }: { readonly code: RevocationCode; readonly reason: string },
  state: Access,
): Changes {
  const assignment = endable(assignmentId, state);
  return { ...noChanges, revoked: [{ assignment, code, reason }] };
}

export function holds(packageId: string, state: Access): boolean {
  return state.assignments.some((one) => one.packageId === packageId);
}

function stillGiven({ cause, packageId }: Assignment, wanted: readonly Birthright[]): boolean {
  if (cause.type !== 'birthright') return true;
  return wanted.some((birthright) => birthright.packageId === packageId && birthright.rule === cause.rule);
}

function withAssignment(state: Access, { assignmentId }: AssignmentTerms, change: Partial<Assignment>): Access {
  return {
    ...state,
    assignments: state.assignments.map((one) => (one.assignmentId === assignmentId ? { ...one, ...change } : one)),
  };
}

const without = ({ assignments }: Access, assignmentId: string): Assignment[] =>
  assignments.filter((one) => one.assignmentId !== assignmentId);
