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
  /**
   * The attributes of an identity that the connector reads: desired access of its applications carries these alone. Absent: all of
   * them.
   */
  readonly sources?: readonly string[];
}

export interface ConnectorStateRequestedMessage {
  readonly connector: string;
  readonly applications: readonly string[];
}

/** One group or role that an application has, or had, as a reading showed it. One stream for each. */
export const entitlementShown = 'hub.provisioning.entitlement.shown.v1';
/** All of a kind were shown once: what is not known is not there. */
export const entitlementsListed = 'hub.provisioning.entitlements.listed.v1';

export interface EntitlementMessage {
  readonly connector: string;
  readonly kind: 'group' | 'role';
  /** The application's own id. */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** A complete reading did not show it any more. */
  readonly gone: boolean;
}

export interface EntitlementsListedMessage {
  readonly connector: string;
  readonly kind: 'group' | 'role';
}
