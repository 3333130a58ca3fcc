import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { isObservedAccess, observedAccess, type ObservedAccess } from './observed-access.js';
import type { ObservedAccessEvent } from './observed-access.events.js';
import { observedAccessRows } from './observed-access-rows.projection.js';

/** What readings showed of each person. */
@Injectable()
export class ObservedAccesses extends EventStream<ObservedAccess, ObservedAccessEvent> {
  constructor(store: EventStore) {
    super(store, {
      category: 'observed-access',
      fold: observedAccess,
      isState: isObservedAccess,
      readModels: [observedAccessRows],
    });
  }

  /** The stream of one identity behind one connector. */
  static idOf(identityId: string, connector: string): string {
    return `${identityId}.${connector}`;
  }
}
