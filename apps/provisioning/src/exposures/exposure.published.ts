import type { ExposureEventType, ExposureMessage } from '#libs/contracts/exposures.js';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { ExposureEvent } from './exposure.events.js';

/** Each step of an exposure is one message on `hub.provisioning.results`. */
export function publishedExposure(fact: RecordedFact<ExposureEvent>): PublicMessage[] {
  switch (fact.type) {
    case 'ExposureOpened': {
      const { kind, code, entitlements, decidedAt, dueAt } = fact.data;
      const exposed = entitlements.map(entitlementKey);
      return [message(fact, 'hub.provisioning.exposure.opened.v1', { kind, code, exposed, decidedAt, dueAt })];
    }
    case 'ExposureChanged': {
      const { code, entitlements } = fact.data;
      return [
        message(fact, 'hub.provisioning.exposure.changed.v1', { code, exposed: entitlements.map(entitlementKey) }),
      ];
    }
    case 'ExposureEscalated': {
      const { dueAt, escalation } = fact.data;
      return [message(fact, 'hub.provisioning.exposure.escalated.v1', { dueAt, escalation })];
    }
    case 'ExposureClosed': {
      const { how, proof } = fact.data;
      return [message(fact, 'hub.provisioning.exposure.closed.v1', { how, proof })];
    }
    default:
      return unreachable(fact);
  }
}

function message(
  fact: RecordedFact<ExposureEvent>,
  type: ExposureEventType,
  more: Omit<ExposureMessage, 'exposure' | 'connector' | 'application' | 'identity' | 'account'>,
): PublicMessage {
  const { exposure, connector, application, identityId: identity, accountId: account } = fact.data;
  const body: ExposureMessage = { exposure, connector, application, identity, account, ...more };
  return messageOf(serviceName, fact, { topic: topics.results, type, key: identity ?? exposure, body });
}
