import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { RemovalsReleased } from './removal-release.events.js';

/** Releases of held removals. Each has its own stream. */
@Injectable()
export class RemovalReleases extends EventStream<RemovalsReleased | null, RemovalsReleased> {
  constructor(store: EventStore) {
    super(store, { category: 'removal-release', fold: { version: 1, initial: null, evolve: (_, event) => event } });
  }
}
