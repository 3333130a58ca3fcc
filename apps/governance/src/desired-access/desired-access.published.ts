import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import {
  desiredAccessChanged,
  desiredAccessRestated,
  type DesiredAccessRestatedMessage,
} from '#libs/contracts/desired-access.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { DesiredAccessEvent, DesiredAccessRestated } from './desired-access.events.js';
import { desiredMessageOf } from './desired-access.js';

export function publishedDesiredAccess(
  fact: RecordedFact<DesiredAccessEvent | DesiredAccessRestated>,
): PublicMessage[] {
  const topic = topics.desiredAccess;
  const { application } = fact.data;
  switch (fact.type) {
    case 'DesiredAccessChanged': {
      const body = desiredMessageOf(fact);
      return [
        messageOf(serviceName, fact, {
          topic,
          type: desiredAccessChanged,
          key: body.identity,
          application,
          urgent: fact.data.takesAway === true,
          body,
        }),
      ];
    }
    case 'DesiredAccessRestated': {
      const { count, sources } = fact.data;
      const body: DesiredAccessRestatedMessage = { application, count, ...(sources === undefined ? {} : { sources }) };
      return [
        messageOf(serviceName, fact, { topic, type: desiredAccessRestated, key: application, application, body }),
      ];
    }
    default:
      return unreachable(fact);
  }
}
