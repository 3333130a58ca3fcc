import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { AccessRequestEvent } from './access-request.events.js';
import { accessRequest, isRequest, type AccessRequest } from './access-request.js';
import { requestRows } from './request-rows.projection.js';

@Injectable()
export class AccessRequests extends EventStream<AccessRequest, AccessRequestEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'request', fold: accessRequest, isState: isRequest, readModels: [requestRows] });
  }
}
