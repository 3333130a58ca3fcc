import { isDeepStrictEqual } from 'node:util';
import type { Fold } from '#libs/event-store/core.js';
import type { CatalogEvent } from './catalog.events.js';

/** One document of the catalog; null before it was first defined. */
export interface Defined<Document> {
  readonly document: Document | null;
}

type DocumentOf<Event extends CatalogEvent> = Event['data']['document'];

export function definedFold<Event extends CatalogEvent>(): Fold<Defined<DocumentOf<Event>>, Event> {
  return { initial: { document: null }, evolve: (_, event) => ({ document: event.data.document }) };
}

/** States a document; the same again changes nothing. */
export function define<Event extends CatalogEvent>(fact: Event, state: Defined<DocumentOf<Event>>): Event[] {
  return isDeepStrictEqual(state.document, fact.data.document) ? [] : [fact];
}
