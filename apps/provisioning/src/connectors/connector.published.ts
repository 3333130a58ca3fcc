import {
  connectorDefined,
  connectorStateRequested,
  type ConnectorMessage,
  type ConnectorStateRequestedMessage,
} from '#libs/contracts/connectors.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { ConnectorEvent } from './connector.events.js';

/** Every decision about a connector is its state on `hub.provisioning.connectors`; never a secret. */
export function publishedConnector(fact: RecordedFact<ConnectorEvent>): PublicMessage[] {
  const about = { topic: topics.connectors, key: fact.data.connector };
  switch (fact.type) {
    case 'ConnectorDefined':
    case 'ConnectorReleased':
    case 'ConnectorPaused':
    case 'ConnectorResumed':
    case 'PlaceConfirmed':
    case 'GoneDoubted': {
      const { connector, displayName, mode, protocol, status } = fact.data;
      const body: ConnectorMessage = { connector, displayName, mode, protocol, status };
      return [messageOf(serviceName, fact, { ...about, type: connectorDefined, body })];
    }
    case 'DesiredStateRequested': {
      const body: ConnectorStateRequestedMessage = fact.data;
      return [messageOf(serviceName, fact, { ...about, type: connectorStateRequested, body })];
    }
    default:
      return unreachable(fact);
  }
}
