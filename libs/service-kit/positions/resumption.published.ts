import type { PositionsResumedMessage } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { PositionsResumed } from './resumption.events.js';

/** A resumption is one message on `hub.operators`, so that the log has it. @param service its name, as in `source` */
export function publishedResumption(
  service: string,
  fact: RecordedFact<PositionsResumed>,
): PublicMessage<PositionsResumedMessage> {
  return messageOf(service, fact, {
    topic: topics.operators,
    type: `hub.${service}.positions.resumed.v1`,
    key: fact.data.resumption,
    body: { ...fact.data, ...(fact.personal.reason.fields ?? {}) },
  });
}

/** Recognises the fact of this feature among those of the service. */
export const isResumption = (fact: RecordedFact): fact is RecordedFact<PositionsResumed> =>
  fact.type === 'PositionsResumed';
