import type { RefusedAction } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { ActionRefused } from './refusal.events.js';

/** A refused action is one message on `hub.operators`, so that the log has it. @param service its name, as in `source` */
export function publishedRefusal(service: string, fact: RecordedFact<ActionRefused>): PublicMessage<RefusedAction> {
  return messageOf(service, fact, {
    topic: topics.operators,
    type: `hub.${service}.action.refused.v1`,
    key: fact.id,
    body: fact.data,
  });
}

/** Recognises the fact of this feature among those of the service. */
export const isRefusal = (fact: RecordedFact): fact is RecordedFact<ActionRefused> => fact.type === 'ActionRefused';
