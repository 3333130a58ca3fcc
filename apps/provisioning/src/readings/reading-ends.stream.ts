import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { ReadingEnded } from './reading.events.js';

/** How readings ended. Each has its own stream. */
@Injectable()
export class ReadingEnds extends EventStream<ReadingEnded | null, ReadingEnded> {
  constructor(store: EventStore) {
    super(store, { category: 'reading', fold: { version: 1, initial: null, evolve: (_, event) => event } });
  }
}
