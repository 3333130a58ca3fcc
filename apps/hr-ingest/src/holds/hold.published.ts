import type { HoldEventType, HoldMessage } from '#libs/contracts/holds.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { holdFacts, type HoldEvent } from './hold.events.js';

const types: Readonly<Record<HoldEvent['type'], HoldEventType>> = {
  HoldMade: 'hub.hr.hold.made.v1',
  HoldReleased: 'hub.hr.hold.released.v1',
  HoldCancelled: 'hub.hr.hold.cancelled.v1',
};

/** Holds and decisions about them, as messages for the log. */
export function holdPublished(fact: RecordedFact<HoldEvent>): readonly PublicMessage<HoldMessage>[] {
  const reason = fact.type === 'HoldMade' ? {} : (fact.personal.reason.fields ?? {});
  const body = { ...fact.data, ...reason };
  return [messageOf('hr', fact, { topic: topics.operators, type: types[fact.type], key: fact.data.hold, body })];
}

const known: ReadonlySet<string> = new Set(holdFacts);

/** Recognises the facts of this feature among those about workers. */
export const isHold = (fact: RecordedFact): fact is RecordedFact<HoldEvent> => known.has(fact.type);
