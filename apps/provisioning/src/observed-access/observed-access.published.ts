import { accessObserved, type AccessObservedMessage } from '#libs/contracts/observed-access.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { ObservedAccessEvent } from './observed-access.events.js';

/** What a reading showed of a person is one message on `hub.provisioning.results`. */
export function publishedObservedAccess(fact: RecordedFact<ObservedAccessEvent>): PublicMessage[] {
  const {
    connector,
    application,
    identityId: identity,
    accountId: account,
    readingId,
    readAt,
    entitlements,
  } = fact.data;
  const body: AccessObservedMessage = {
    connector,
    application,
    identity,
    account,
    reading: readingId,
    readAt,
    entitlements,
  };
  return [messageOf(serviceName, fact, { topic: topics.results, type: accessObserved, key: identity, body })];
}
