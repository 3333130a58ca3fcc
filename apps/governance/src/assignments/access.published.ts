import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import type { AssignmentEventType, AssignmentMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { AccessEvent, AssignmentTerms, Delivery } from './access.events.js';
import { deliveryOf } from './access.js';
import { removalWord } from './removal.js';

/** Each fact of an assignment is one message about it on `hub.governance.decisions`. */
export function publishedAccess(fact: RecordedFact<AccessEvent>): PublicMessage[] {
  switch (fact.type) {
    case 'AssignmentCreated': {
      const { assignment, applications } = fact.data;
      return [
        message(fact, 'hub.governance.assignment.created.v1', bodyOf(assignment, 'active', deliveryOf(applications))),
      ];
    }
    case 'AssignmentRevoked': {
      const { assignment, delivery, revokedAt, code, removals } = fact.data;
      const body = {
        ...bodyOf(assignment, 'revoked', delivery, revokedAt),
        ...(removals === undefined ? {} : { removal: removalWord(removals) }),
        code,
        ...(fact.personal.reason.fields ?? {}),
      };
      return [message(fact, 'hub.governance.assignment.revoked.v1', body)];
    }
    case 'AssignmentDeliveryChanged': {
      const { assignment, delivery } = fact.data;
      return [message(fact, 'hub.governance.assignment.delivery-changed.v1', bodyOf(assignment, 'active', delivery))];
    }
    case 'AssignmentRemovalChanged': {
      const { assignment, delivery, revokedAt, code, removal } = fact.data;
      const body = { ...bodyOf(assignment, 'revoked', delivery, revokedAt), removal, code };
      return [message(fact, 'hub.governance.assignment.removal-changed.v1', body)];
    }
    default:
      return unreachable(fact);
  }
}

function message(fact: RecordedFact<AccessEvent>, type: AssignmentEventType, body: AssignmentMessage): PublicMessage {
  const { identityId, assignmentId } = fact.data.assignment;
  return messageOf(serviceName, fact, { topic: topics.decisions, type, key: identityId, subject: assignmentId, body });
}

function bodyOf(
  { assignmentId, identityId, packageId, packageVersion, cause, since }: AssignmentTerms,
  status: AssignmentMessage['status'],
  delivery: Delivery,
  until: string | null = null,
): AssignmentMessage {
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
