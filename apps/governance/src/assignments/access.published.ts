import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import type { AssignmentEventType, AssignmentMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { AsFoundEvent } from './as-found.events.js';
import type { AccessEvent, AssignmentEvent, AssignmentTerms, Delivery } from './access.events.js';
import { deliveryOf } from './delivery.js';
import { isOfBirthright, publishedBirthright } from './birthright.published.js';
import { publishedEmergency } from './emergency.published.js';
import { publishedSeparation } from './separation.published.js';
import { removalWord } from './removal.js';
import type { VersionEvent } from './version.events.js';
import { isOfWorkflow, publishedWorkflow } from './workflow.published.js';

/** Each fact of an assignment is one message about it on `hub.governance.decisions`. */
export function publishedAccess(fact: RecordedFact<AccessEvent>): PublicMessage[] {
  if (isOfFound(fact)) return [publishedAsFound(fact)];
  if ('assignment' in fact.data) return publishedAssignment(fact as RecordedFact<OtherAssignmentEvent>);
  const other = fact as RecordedFact<Exclude<AccessEvent, AssignmentEvent>>;
  if (other.type === 'EmergencyReviewed') return [publishedEmergency(other)];
  if (isOfWorkflow(other)) return [publishedWorkflow(other)];
  return [isOfBirthright(other) ? publishedBirthright(other) : publishedSeparation(other)];
}

type OtherAssignmentEvent = Exclude<AssignmentEvent, AsFoundEvent>;

const isOfFound = (fact: RecordedFact<AccessEvent>): fact is RecordedFact<AsFoundEvent> =>
  fact.type === 'AssignmentCertified' || fact.type === 'AssignmentCertificationOverdue';

/** What is said of access that was found. */
function publishedAsFound(fact: RecordedFact<AsFoundEvent>): PublicMessage {
  const { assignment, status, delivery } = fact.data;
  const body = bodyOf(assignment, status, delivery);
  if (fact.type === 'AssignmentCertificationOverdue')
    return message(fact, 'hub.governance.assignment.certification-overdue.v1', body);
  const words = fact.personal.reason.fields ?? {};
  return message(fact, 'hub.governance.assignment.certified.v1', { ...body, ...words });
}

function publishedAssignment(fact: RecordedFact<OtherAssignmentEvent>): PublicMessage[] {
  switch (fact.type) {
    case 'AssignmentCreated':
      return [createdMessage(fact)];
    case 'AssignmentStarted':
    case 'AssignmentResumed': {
      const { assignment, applications } = fact.data;
      const kind = fact.type === 'AssignmentStarted' ? 'started' : 'resumed';
      const body = bodyOf(assignment, 'active', deliveryOf(applications));
      return [message(fact, `hub.governance.assignment.${kind}.v1`, body)];
    }
    case 'AssignmentSuspended': {
      const { assignment, delivery, code } = fact.data;
      const body = { ...bodyOf(assignment, 'suspended', delivery), code };
      return [message(fact, 'hub.governance.assignment.suspended.v1', body)];
    }
    case 'AssignmentExtended': {
      const { assignment, status, delivery } = fact.data;
      return [message(fact, 'hub.governance.assignment.extended.v1', bodyOf(assignment, status, delivery))];
    }
    case 'AssignmentEndChanged': {
      const { assignment, status, delivery } = fact.data;
      return [message(fact, 'hub.governance.assignment.end-changed.v1', bodyOf(assignment, status, delivery))];
    }
    case 'AssignmentExpiring': {
      const { assignment, status, delivery, daysLeft } = fact.data;
      const body = { ...bodyOf(assignment, status, delivery), daysLeft };
      return [message(fact, 'hub.governance.assignment.expiring.v1', body)];
    }
    case 'AssignmentGraceStarted': {
      const { assignment, status, delivery, grace } = fact.data;
      const body = { ...bodyOf(assignment, status, delivery), grace };
      return [message(fact, 'hub.governance.assignment.grace-started.v1', body)];
    }
    case 'AssignmentKept': {
      const { assignment, status, delivery, code } = fact.data;
      const body = { ...bodyOf(assignment, status, delivery), code, ...(fact.personal?.reason.fields ?? {}) };
      return [message(fact, 'hub.governance.assignment.kept.v1', body)];
    }
    case 'AssignmentVersionReached':
    case 'AssignmentVersionWithheld':
    case 'AssignmentMoving':
      return [versionMessage(fact)];
    case 'AssignmentRevoked': {
      const { assignment, delivery, revokedAt, code, removals } = fact.data;
      const body = {
        ...bodyOf(assignment, code === 'expired' ? 'expired' : 'revoked', delivery, revokedAt),
        ...(removals === undefined ? {} : { removal: removalWord(removals) }),
        code,
        ...(fact.personal.reason.fields ?? {}),
      };
      const kind = code === 'expired' ? 'expired' : 'revoked';
      return [message(fact, `hub.governance.assignment.${kind}.v1`, body)];
    }
    case 'AssignmentDeliveryChanged': {
      const { assignment, delivery } = fact.data;
      return [message(fact, 'hub.governance.assignment.delivery-changed.v1', bodyOf(assignment, 'active', delivery))];
    }
    case 'AssignmentRemovalChanged': {
      const { assignment, delivery, revokedAt, code, removal } = fact.data;
      const status = code === 'expired' ? 'expired' : 'revoked';
      const body = { ...bodyOf(assignment, status, delivery, revokedAt), removal, code };
      return [message(fact, 'hub.governance.assignment.removal-changed.v1', body)];
    }
    default:
      return unreachable(fact);
  }
}

function createdMessage(fact: RecordedFact<Extract<AssignmentEvent, { type: 'AssignmentCreated' }>>): PublicMessage {
  const { assignment, applications, scheduled, restores, grace } = fact.data;
  const status = scheduled === true ? 'scheduled' : 'active';
  const body = {
    ...bodyOf(assignment, status, deliveryOf(applications)),
    ...(restores === undefined ? {} : { restores }),
    ...(grace === undefined ? {} : { grace }),
    ...(fact.personal?.reason.fields ?? {}),
  };
  return message(fact, 'hub.governance.assignment.created.v1', body);
}

function versionMessage(fact: RecordedFact<VersionEvent>): PublicMessage {
  const { assignment, status, delivery } = fact.data;
  const body = bodyOf(assignment, status, delivery);
  if (fact.type === 'AssignmentVersionReached') {
    const versions = Object.entries(fact.data.reached).map(([id, version]) => ({ package: id, version }));
    return message(fact, 'hub.governance.assignment.version-reached.v1', { ...body, versions });
  }
  if (fact.type === 'AssignmentMoving')
    return message(fact, 'hub.governance.assignment.moving.v1', { ...body, movesTo: fact.data.to });
  const { packageId, version, code, because } = fact.data.withheld;
  const more = { versions: [{ package: packageId, version }], code, because };
  return message(fact, 'hub.governance.assignment.version-withheld.v1', { ...body, ...more });
}

function message(
  fact: RecordedFact<AssignmentEvent>,
  type: AssignmentEventType,
  body: AssignmentMessage,
): PublicMessage {
  const { identityId, assignmentId } = fact.data.assignment;
  return messageOf(serviceName, fact, { topic: topics.decisions, type, key: identityId, subject: assignmentId, body });
}

function bodyOf(
  assignment: AssignmentTerms,
  status: AssignmentMessage['status'],
  delivery: Delivery,
  until: string | null = assignment.until ?? null,
): AssignmentMessage {
  const { assignmentId, identityId, packageId, packageVersion, cause, since } = assignment;
  return {
    assignment: assignmentId,
    identity: identityId,
    package: packageId,
    packageVersion,
    status,
    delivery,
    cause,
    since,
    until,
  };
}
