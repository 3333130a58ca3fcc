import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { DesiredAccessRestated } from './desired-access.events.js';

/** How often an application's desired access was restated; the end marks count in this stream. */
@Injectable()
export class Restatements extends EventStream<number, DesiredAccessRestated> {
  constructor(store: EventStore) {
    super(store, { category: 'restatement', fold: { version: 1, initial: 0, evolve: (times) => times + 1 } });
  }
}
