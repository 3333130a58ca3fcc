import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { PolicyChangeReleased } from './release.events.js';

/** Releases of changes past the brake, each a stream of its own. */
@Injectable()
export class Releases extends EventStream<PolicyChangeReleased | null, PolicyChangeReleased> {
  constructor(store: EventStore) {
    super(store, { category: 'release', fold: { version: 1, initial: null, evolve: (_, event) => event } });
  }
}
