import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { accessRows } from './access-rows.projection.js';
import type { AccessEvent } from './access.events.js';
import { access, isAccess, type Access } from './access.js';

/** What each identity holds: one stream for each, so that rules over all its assignments are decided in one place. */
@Injectable()
export class Accesses extends EventStream<Access, AccessEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'access', fold: access, isState: isAccess, readModels: [accessRows] });
  }
}
