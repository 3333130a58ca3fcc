import { policyChangeReleased, type PolicyChangeReleasedMessage } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { PolicyChangeReleased } from './release.events.js';

/** Each release is one message on `hub.operators`. */
export function publishedRelease(fact: RecordedFact<PolicyChangeReleased>): PublicMessage[] {
  const { kind, id, version, loses, holders, confirmed, releasedBy } = fact.data;
  const body: PolicyChangeReleasedMessage = {
    change: { kind, id, version },
    loses,
    holders,
    confirmed,
    releasedBy,
    ...(fact.personal?.reason.fields ?? {}),
  };
  return [messageOf(serviceName, fact, { topic: topics.operators, type: policyChangeReleased, key: fact.id, body })];
}
