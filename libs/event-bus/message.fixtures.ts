import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { PublicMessage } from './message.js';

/** A complete message with text that is hard to encode; `over` replaces the fields that a spec is about. */
export function aMessage({
  id = uuidv7(),
  key = 'ada',
  sequence = 1,
  ...over
}: Partial<PublicMessage> = {}): PublicMessage {
  return {
    topic: topics.decisions,
    key,
    id,
    source: `/spec/${key}`,
    type: 'hub.spec.thing.done.v1',
    subject: id,
    time: '2026-03-02T09:00:00.000Z',
    actor: 'service/spec',
    correlationId: id,
    causationId: null,
    sequence,
    epoch: 1,
    application: 'chat',
    body: { text: 'naïve “quotes” \\ {} , "q" \n', deep: [null, 1.5], sequence },
    ...over,
  };
}
