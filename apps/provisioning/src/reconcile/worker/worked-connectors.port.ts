/** The connectors that this process works for: all in the hub, one with CONNECTOR_ID, otherwise none. */
export abstract class WorkedConnectors {
  abstract works(connector: string): boolean;
}
