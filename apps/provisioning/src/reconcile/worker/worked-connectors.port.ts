/** The connectors that this process works for: all in the hub, those of CONNECTOR_ID alone, otherwise none. */
export abstract class WorkedConnectors {
  abstract works(connector: string): boolean;
}
