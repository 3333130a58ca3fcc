import {
  connectorDefined,
  connectorStateRequested,
  type ConnectorMessage,
  type ConnectorStateRequestedMessage,
} from '#libs/contracts/connectors.js';
import {
  authorityWithdrawn,
  type AuthorityWithdrawnMessage,
  previewReleased,
  type PreviewReleasedMessage,
} from '#libs/contracts/previews.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { AuthorityWithdrawn, ConnectorEvent, ConnectorReleased } from './connector.events.js';

/** Every decision about a connector is its state on `hub.provisioning.connectors`; never a secret. */
export function publishedConnector(fact: RecordedFact<ConnectorEvent>): PublicMessage[] {
  const about = { topic: topics.connectors, key: fact.data.connector };
  switch (fact.type) {
    case 'ConnectorDefined':
    case 'ConnectorPaused':
    case 'ConnectorResumed':
    case 'PlaceConfirmed':
    case 'GoneDoubted':
    case 'SourcesStated':
    case 'AuthorityWithdrawn': {
      const { connector, displayName, mode, protocol, status, sources } = fact.data;
      const summary: ConnectorMessage = { connector, displayName, mode, protocol, status };
      const body = sources === undefined ? summary : { ...summary, sources };
      const defined = messageOf(serviceName, fact, { ...about, type: connectorDefined, body });
      return fact.type === 'AuthorityWithdrawn' ? [defined, withdrawalOf(fact)] : [defined];
    }
    case 'ConnectorReleased': {
      const { connector, displayName, mode, protocol, status } = fact.data;
      const body: ConnectorMessage = { connector, displayName, mode, protocol, status };
      return [messageOf(serviceName, fact, { ...about, type: connectorDefined, body }), ...releaseOf(fact)];
    }
    case 'DesiredStateRequested': {
      const body: ConnectorStateRequestedMessage = fact.data;
      return [messageOf(serviceName, fact, { ...about, type: connectorStateRequested, body })];
    }
    default:
      return unreachable(fact);
  }
}

/** Who released which preview, and why. */
function releaseOf(fact: RecordedFact<ConnectorReleased>): PublicMessage[] {
  const { connector, preview, releasedBy, pilot, authoritative } = fact.data;
  if (preview === undefined || releasedBy === undefined) return [];
  const reason = fact.personal?.reason.fields?.reason;
  const body: PreviewReleasedMessage = {
    connector,
    preview,
    pilot: pilot === true,
    releasedBy,
    ...(authoritative === undefined ? {} : { authoritative }),
    ...(reason === undefined ? {} : { reason }),
  };
  return [messageOf(serviceName, fact, { topic: topics.operators, key: connector, type: previewReleased, body })];
}

/** Who gave up authority over what, and why. */
function withdrawalOf(fact: RecordedFact<AuthorityWithdrawn>): PublicMessage {
  const { connector, entitlements, withdrawnBy } = fact.data;
  const reason = fact.personal.reason.fields?.reason;
  const body: AuthorityWithdrawnMessage = {
    connector,
    entitlements,
    withdrawnBy,
    ...(reason === undefined ? {} : { reason }),
  };
  return messageOf(serviceName, fact, { topic: topics.operators, key: connector, type: authorityWithdrawn, body });
}
