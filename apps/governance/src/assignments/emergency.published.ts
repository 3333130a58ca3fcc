import { emergencyReviewed, type EmergencyMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { EmergencyReviewed } from './emergency.events.js';

/** Each review is one message on `hub.governance.decisions`. */
export function publishedEmergency(fact: RecordedFact<EmergencyReviewed>): PublicMessage {
  const { emergency, outcome, reviewedBy, reviewedAt } = fact.data;
  const { assignmentId: assignment, identityId: identity, packageId, takenAt } = emergency;
  const said = fact.personal.emergency.fields ?? {};
  const body: EmergencyMessage = {
    assignment,
    identity,
    package: packageId,
    takenAt,
    outcome,
    reviewedBy,
    reviewedAt,
    ...said,
  };
  const about = { topic: topics.decisions, key: identity, subject: assignment };
  return messageOf(serviceName, fact, { ...about, type: emergencyReviewed, body });
}
