import {
  entitlementShown,
  entitlementsListed,
  type EntitlementMessage,
  type EntitlementsListedMessage,
} from '#libs/contracts/connectors.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { EntitlementEvent } from './entitlement.events.js';

/** What an application has to grant is state on `hub.provisioning.connectors`. */
export function publishedEntitlement(fact: RecordedFact<EntitlementEvent>): PublicMessage[] {
  const about = { topic: topics.connectors, key: fact.data.connector };
  if (fact.type === 'EntitlementsListed') {
    const body: EntitlementsListedMessage = fact.data;
    return [messageOf(serviceName, fact, { ...about, type: entitlementsListed, body })];
  }
  const body: EntitlementMessage = { ...fact.data, gone: fact.type === 'EntitlementGone' };
  return [messageOf(serviceName, fact, { ...about, type: entitlementShown, body })];
}
