import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import { discovered, type Discovered } from './entitlement.js';
import type { DiscoveredKind, EntitlementEvent } from './entitlement.events.js';
import { entitlementRows } from './entitlement-rows.projection.js';

@Injectable()
export class Entitlements extends EventStream<Discovered, EntitlementEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'entitlement', fold: discovered, readModels: [entitlementRows] });
  }

  /** @param id null for the stream of the kind */
  static idOf(connector: string, kind: DiscoveredKind, id: string | null): string {
    return `${uuidv5(`entitlement/${connector}/${kind}${id === null ? '' : `/${id}`}`)}.${connector}`;
  }
}
