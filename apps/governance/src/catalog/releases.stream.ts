import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { PolicyChangeReleased } from './release.events.js';

/** Confirmed changes that exceeded the limit of the brake. Each has its own stream. */
@Injectable()
export class Releases extends EventStream<PolicyChangeReleased | null, PolicyChangeReleased> {
  constructor(store: EventStore) {
    super(store, { category: 'release', fold: { version: 1, initial: null, evolve: (_, event) => event } });
  }
}
