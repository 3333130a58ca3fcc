import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { LockdownEvent } from './lockdown.events.js';
import { lockdown, type Lockdown } from './lockdown.js';

/** The lockdowns of each identity. */
@Injectable()
export class Lockdowns extends EventStream<Lockdown, LockdownEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'lockdown', fold: lockdown });
  }
}
