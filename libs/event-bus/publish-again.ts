import type { RecordedFact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { positionAt } from '#libs/event-store/position-at.js';
import { endOf } from './consumer/resumption.js';
import type { RepublicationFor } from './event-bus.port.js';
import type { PublicMessage, Published } from './message.js';

const pageSize = 500;

/** The messages of all facts since an instant, in order, page by page. @param from ISO 8601 */
export async function* messagesSince(
  store: EventStore,
  published: Published<RecordedFact>,
  from: string,
  signal: AbortSignal,
): AsyncGenerator<PublicMessage[]> {
  let page = await store.read(await positionAt(store.db, from), pageSize);
  while (page.facts.length > 0 && !signal.aborted) {
    yield page.facts.flatMap((fact) => published(fact));
    page = await store.read(page.next, pageSize);
  }
}

/** Those that readers of a resumption take. */
export const messagesFor = ({ id, topic }: RepublicationFor, messages: readonly PublicMessage[]): PublicMessage[] =>
  messages.filter((message) => message.topic === topic).map((message) => ({ ...message, resumption: id }));

/** The message that tells them that this service has published everything again. */
export const endFor = ({ id, topic, from }: RepublicationFor, { db }: Pick<EventStore, 'db'>): PublicMessage =>
  endOf(id, db.schema, topic, { id: uuidv7(), time: from });
