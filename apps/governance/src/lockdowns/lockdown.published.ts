import { identityLockedDown, lockdownReleased, type LockdownMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { LockdownEvent } from './lockdown.events.js';

/** Each fact of a lockdown is one message on `hub.governance.decisions`; what follows for the identity has its own. */
export function publishedLockdown(fact: RecordedFact<LockdownEvent>): PublicMessage[] {
  const { identityId, at } = fact.data;
  const body: LockdownMessage = { identity: identityId, at, reason: fact.personal.identity.fields?.reason ?? '' };
  const type = fact.type === 'IdentityLockedDown' ? identityLockedDown : lockdownReleased;
  return [messageOf(serviceName, fact, { topic: topics.decisions, type, key: identityId, body })];
}
