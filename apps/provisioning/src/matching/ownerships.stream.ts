import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { OwnershipEvent } from './ownership.events.js';
import { isOwnership, ownership, type OwnershipState } from './ownership.js';
import { ownershipRows } from './ownership-rows.projection.js';

@Injectable()
export class Ownerships extends EventStream<OwnershipState, OwnershipEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'ownership', fold: ownership, isState: isOwnership, readModels: [ownershipRows] });
  }

  /** The id of an account can have any characters. */
  static idOf(connector: string, accountId: string): string {
    return `${uuidv5(`ownership/${connector}/${accountId}`)}.${connector}`;
  }
}
