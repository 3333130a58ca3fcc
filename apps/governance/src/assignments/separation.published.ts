import type {
  SeparationEventType,
  SeparationExceptionMessage,
  SeparationFindingMessage,
} from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { SeparationEvent, SeparationException, SeparationFinding } from './separation.events.js';

/** Each fact of an exception or finding is one message about it on `hub.governance.decisions`. */
export function publishedSeparation(fact: RecordedFact<SeparationEvent>): PublicMessage {
  switch (fact.type) {
    case 'SeparationExceptionGranted': {
      const body = { ...exceptionBody(fact.data), ...(fact.personal.exception.fields ?? {}) };
      return message(fact, 'hub.governance.separation-exception.granted.v1', fact.data.exceptionId, body);
    }
    case 'SeparationExceptionEnded': {
      const body = { ...exceptionBody(fact.data), code: fact.data.code };
      return message(fact, 'hub.governance.separation-exception.ended.v1', fact.data.exceptionId, body);
    }
    case 'SeparationExceptionRestored':
      return message(
        fact,
        'hub.governance.separation-exception.restored.v1',
        fact.data.exceptionId,
        exceptionBody(fact.data),
      );
    case 'SeparationFindingStated': {
      const body = findingBody(fact.data, fact.data.status);
      return message(fact, 'hub.governance.separation-finding.stated.v1', fact.data.findingId, body);
    }
    case 'SeparationFindingSolved': {
      const body = findingBody(fact.data, 'solved');
      return message(fact, 'hub.governance.separation-finding.solved.v1', fact.data.findingId, body);
    }
    default:
      return unreachable(fact);
  }
}

function message(
  fact: RecordedFact<SeparationEvent>,
  type: SeparationEventType,
  subject: string,
  body: SeparationExceptionMessage | SeparationFindingMessage,
): PublicMessage {
  return messageOf(serviceName, fact, { topic: topics.decisions, type, key: fact.data.identityId, subject, body });
}

const exceptionBody = ({
  exceptionId: exception,
  identityId: identity,
  rule,
  grantedBy,
  until,
}: SeparationException): SeparationExceptionMessage => ({ exception, identity, rule, grantedBy, until });

const findingBody = (
  { findingId: finding, identityId: identity, rule, packages, foundAt, dueAt }: SeparationFinding,
  status: SeparationFindingMessage['status'],
): SeparationFindingMessage => ({ finding, identity, rule, packages, status, foundAt, dueAt });
