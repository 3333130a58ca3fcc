import type { MessageDismissedMessage } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { MessageDismissed } from './dismissal.events.js';

/** A dismissal is one message on `hub.operators`, so that the log has it. @param service its name, as in `source` */
export function publishedDismissal(
  service: string,
  fact: RecordedFact<MessageDismissed>,
): PublicMessage<MessageDismissedMessage> {
  const { id } = fact.data.message;
  const body = { ...fact.data, ...(fact.personal.reason.fields ?? {}) };
  return messageOf(service, fact, {
    topic: topics.operators,
    type: `hub.${service}.message.dismissed.v1`,
    key: id,
    body,
  });
}

/** Recognises the fact of this feature among those of the service. */
export const isDismissal = (fact: RecordedFact): fact is RecordedFact<MessageDismissed> =>
  fact.type === 'MessageDismissed';
