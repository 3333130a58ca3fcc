/** What other features of this service may use of this one. */
export { ConnectorTargets } from './connector-targets.process.js';
export { type ConnectorDocument, laterFields, reapplied } from './connector-document.js';
export { ConnectorIdParam, connectorIdRule } from './connector.dto.js';
export { connectorsChannel } from './connectors-channel.js';
export { type ConnectorRow, ConnectorRows } from './connectors.query.js';
export { permittedPerSecond } from './connector-pace.process.js';
