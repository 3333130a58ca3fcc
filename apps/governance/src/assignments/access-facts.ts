import type {
  AccessEvent,
  AssignmentCreated,
  AssignmentDeliveryChanged,
  AssignmentExpiring,
  AssignmentRevoked,
  Carried,
  Removal,
} from './access.events.js';
import { certifiedTerms, overdueTerms } from './assignment-terms.js';
import type { AsFoundEvent } from './as-found.events.js';
import { termsOf, type Assignment, type Certified, type Changes, type Kept, type Step } from './access-state.js';
import { deliveryOf, withCarried } from './delivery.js';
import type { AssignmentKept } from './grace.events.js';

/** @param begins does it give something from now on? */
export function assignmentCreated(
  { reason, restores, grace, reached = {}, ...assignment }: Changes['created'][number],
  applications: readonly Carried[],
  begins: boolean,
): AssignmentCreated {
  const scheduled = begins ? {} : ({ scheduled: true } as const);
  const personal =
    reason === undefined ? {} : { personal: { reason: { subject: assignment.identityId, fields: { reason } } } };
  const others = Object.entries(reached).filter(
    ([id, version]) => id !== assignment.packageId || version !== assignment.packageVersion,
  );
  const versions = others.length === 0 ? {} : { reached: Object.fromEntries(others) };
  const back = { ...(restores === undefined ? {} : { restores }), ...(grace === undefined ? {} : { grace }) };
  return {
    type: 'AssignmentCreated',
    v: 1,
    data: { assignment, applications, ...scheduled, ...back, ...versions },
    ...personal,
  };
}

/** The fact of a step. @param applications what carries the assignment now, where it begins to give something */
export function stepFact(step: Step, applications: readonly Carried[], at: string): AccessEvent {
  const assignment = termsOf(step.assignment);
  switch (step.is) {
    case 'started':
      return { type: 'AssignmentStarted', v: 1, data: { assignment, applications, startedAt: at } };
    case 'resumed':
      return { type: 'AssignmentResumed', v: 1, data: { assignment, applications, resumedAt: at } };
    case 'suspended': {
      const delivery = deliveryOf(step.assignment.applications);
      return { type: 'AssignmentSuspended', v: 1, data: { assignment, code: 'on_leave', delivery, suspendedAt: at } };
    }
    case 'extended': {
      const { until, request } = step;
      const data = { assignment: { ...assignment, until }, formerUntil: assignment.until ?? null, request };
      return { type: 'AssignmentExtended', v: 1, data: { ...data, ...standing(step.assignment), extendedAt: at } };
    }
    case 'end-changed': {
      const { until, cause } = step;
      const { until: former = null, ...others } = assignment;
      const data = { assignment: until === null ? others : { ...others, until }, formerUntil: former, cause };
      return { type: 'AssignmentEndChanged', v: 1, data: { ...data, ...standing(step.assignment), changedAt: at } };
    }
    case 'expiring':
      return {
        type: 'AssignmentExpiring',
        v: 1,
        data: { assignment, daysLeft: step.daysLeft, ...standing(step.assignment), noticedAt: at },
      };
    case 'grace-started': {
      const data = { assignment, grace: step.grace, startedAt: at, ...standing(step.assignment) };
      return { type: 'AssignmentGraceStarted', v: 1, data };
    }
    case 'version-reached': {
      const data = { assignment, reached: step.reached, reachedAt: at, ...standing(step.assignment) };
      return { type: 'AssignmentVersionReached', v: 1, data };
    }
    case 'moving': {
      const data = { assignment, to: step.to, movingAt: at, ...standing(step.assignment) };
      return { type: 'AssignmentMoving', v: 1, data };
    }
    case 'version-withheld': {
      const data = { assignment, withheld: step.withheld, ...standing(step.assignment) };
      return { type: 'AssignmentVersionWithheld', v: 1, data };
    }
    case 'kept':
      return assignmentKept(step, at);
    case 'certified':
      return assignmentCertified(step, at);
    case 'certification-overdue':
      return certificationOverdue(step.assignment, at);
  }
}

function assignmentKept({ assignment: before, code, until, reason }: Kept, keptAt: string): AssignmentKept {
  const { until: former = null, ...terms } = termsOf(before);
  const assignment = until === undefined ? terms : { ...terms, until };
  const subject = assignment.identityId;
  return {
    type: 'AssignmentKept',
    v: 1,
    data: { assignment, code, formerUntil: former, keptAt, ...standing(before) },
    ...(reason === null ? {} : { personal: { reason: { subject, fields: { reason } } } }),
  };
}

function assignmentCertified({ assignment: before, by, reason }: Certified, certifiedAt: string): AsFoundEvent {
  const assignment = certifiedTerms(termsOf(before), { by, at: certifiedAt });
  const subject = assignment.identityId;
  return {
    type: 'AssignmentCertified',
    v: 1,
    data: { assignment, certifiedAt, ...standing(before) },
    personal: { reason: { subject, fields: { reason } } },
  };
}

function certificationOverdue(before: Assignment, overdueSince: string): AsFoundEvent {
  const assignment = overdueTerms(termsOf(before), overdueSince);
  return { type: 'AssignmentCertificationOverdue', v: 1, data: { assignment, overdueSince, ...standing(before) } };
}

export function assignmentRevoked(
  { assignment, code, reason }: Changes['revoked'][number],
  revokedAt: string,
  removals: readonly Removal[],
): AssignmentRevoked {
  const delivery = deliveryOf(assignment.applications);
  return {
    type: 'AssignmentRevoked',
    v: 1,
    data: { assignment: termsOf(assignment), code, delivery, revokedAt, removals },
    personal: { reason: { subject: assignment.identityId, fields: reason === null ? {} : { reason } } },
  };
}

/**
 * One application's part in the delivery is another one now: it must deliver again, or has answered.
 * @param words what the application said when it refused
 */
export function carriedAgain(assignment: Assignment, carried: Carried, words?: string): AssignmentDeliveryChanged {
  const { applications } = withCarried(assignment, carried);
  return {
    type: 'AssignmentDeliveryChanged',
    v: 1,
    data: { assignment: termsOf(assignment), carried, delivery: deliveryOf(applications) },
    ...(words === undefined ? {} : { personal: { words: { subject: assignment.identityId, fields: { words } } } }),
  };
}

const standing = ({ phase, applications }: Assignment): Pick<AssignmentExpiring['data'], 'status' | 'delivery'> => ({
  status: phase,
  delivery: deliveryOf(applications),
});
