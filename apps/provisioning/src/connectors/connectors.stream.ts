import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { connector, isConnector, type Connector } from './connector.js';
import type { ConnectorEvent } from './connector.events.js';
import { connectorRows } from './connector-rows.projection.js';

@Injectable()
export class Connectors extends EventStream<Connector, ConnectorEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'connector', fold: connector, isState: isConnector, readModels: [connectorRows] });
  }
}
