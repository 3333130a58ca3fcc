import { removalsReleased, type RemovalsReleasedMessage } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { RemovalsReleased } from './removal-release.events.js';

/** Each release is one message on `hub.operators`. */
export function publishedRemovalRelease(fact: RecordedFact<RemovalsReleased>): PublicMessage[] {
  const { connector, identities, releasedBy } = fact.data;
  const body: RemovalsReleasedMessage = {
    connector,
    identities,
    releasedBy,
    ...(fact.personal.reason.fields ?? {}),
  };
  return [messageOf(serviceName, fact, { topic: topics.operators, type: removalsReleased, key: fact.id, body })];
}
