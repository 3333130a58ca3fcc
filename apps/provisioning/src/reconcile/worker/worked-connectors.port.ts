/** Which connectors this process works: all in the hub, one with CONNECTOR_ID, none where only the API is served. */
export abstract class WorkedConnectors {
  abstract works(connector: string): boolean;
}
