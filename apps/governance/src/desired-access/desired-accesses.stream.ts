import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { desiredAccessRows } from './desired-access-rows.projection.js';
import type { DesiredAccessEvent } from './desired-access.events.js';
import { desiredAccess, type DesiredAccess } from './desired-access.js';

@Injectable()
export class DesiredAccesses extends EventStream<DesiredAccess, DesiredAccessEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'desired', fold: desiredAccess, readModels: [desiredAccessRows] });
  }

  static idOf(identityId: string, application: string): string {
    return `${identityId}.${application}`;
  }

  /** The epoch its next facts will be recorded under. */
  get epoch(): number {
    return this.store.epoch;
  }
}
