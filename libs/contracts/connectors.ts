/** `hub.provisioning.connectors`, state-carried, never deleted. Key and subject: the connector id. No secrets, nothing personal. */
export const connectorDefined = 'hub.provisioning.connector.defined.v1';
/** Asks governance to publish the newest desired access of the connector's application again. */
export const connectorStateRequested = 'hub.provisioning.connector.state-requested.v1';

export interface ConnectorMessage {
  readonly connector: string;
  readonly displayName: string;
  readonly mode: 'observe' | 'enforce';
  readonly protocol: string;
  readonly status: 'running' | 'paused';
}

export interface ConnectorStateRequestedMessage {
  readonly connector: string;
  readonly applications: readonly string[];
}
