import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { AccessRequestEvent } from './access-request.events.js';
import { accessRequest, isRequest, type AccessRequest } from './access-request.js';
import { historyOf, type RequestHistory } from './request-history.js';
import { requestRows } from './request-rows.projection.js';

/** The facts of each request. */
@Injectable()
export class AccessRequests extends EventStream<AccessRequest, AccessRequestEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'request', fold: accessRequest, isState: isRequest, readModels: [requestRows] });
  }

  /** The texts of these requests, by id, with one query. */
  async historiesOf(ids: readonly string[]): Promise<Map<string, RequestHistory>> {
    return new Map((await this.whole(ids)).map(({ id, facts }) => [id, historyOf(facts)]));
  }
}
