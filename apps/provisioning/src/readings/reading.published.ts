import { readingEnded, type ReadingEndedMessage } from '#libs/contracts/readings.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { ReadingEnded } from './reading.events.js';

/** The end of each reading is one message on `hub.provisioning.results`. */
export function publishedReading(fact: RecordedFact<ReadingEnded>): PublicMessage[] {
  const { reason, startedAt, ...ended } = fact.data;
  const body: ReadingEndedMessage = {
    ...ended,
    ...(reason === null ? {} : { reason }),
    ...(startedAt === null ? {} : { startedAt }),
  };
  return [messageOf(serviceName, fact, { topic: topics.results, type: readingEnded, key: ended.connector, body })];
}
