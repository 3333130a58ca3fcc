import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { DelegationEvent } from './delegation.events.js';
import { delegation, isDelegation, type Delegation } from './delegation.js';
import { delegationRows } from './delegation-rows.projection.js';

@Injectable()
export class Delegations extends EventStream<Delegation, DelegationEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'delegation', fold: delegation, isState: isDelegation, readModels: [delegationRows] });
  }
}
