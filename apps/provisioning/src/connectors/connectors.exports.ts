/** What other features of this service may use of this one. */
export { type Remedy, remedies } from './reconcile-terms.js';
export { released, requireRelease, withdrawAuthority } from './connector.js';
export { Connectors } from './connectors.stream.js';
export { ConnectorNotDefined, ConnectorObserves, ConnectorPaused, NotOwner, NotRehearsed } from './connector.errors.js';
export { AnnounceSources } from './announce-sources.process.js';
export { ConnectorTargets } from './connector-targets.process.js';
export { type AccountFile, byPeople, type ConnectorDocument, laterFields, reapplied } from './connector-document.js';
export { ConnectorDto, ConnectorIdParam, connectorIdRule } from './connector.dto.js';
export { DefineConnector } from './define-connector.command.js';
export { TriedMappingDto } from './tried-mapping.dto.js';
export { type TriedMapping, triedTerms } from './tried-mapping.input.js';
export { DryRunQuery } from './define-query.dto.js';
export { connectorsChannel } from './connectors-channel.js';
export { type ConnectorRow, ConnectorRows, type ConnectorView } from './connectors.query.js';
export { permittedPerSecond } from './connector-pace.process.js';
export { type NonPersonKind, nonPersonKindBy, nonPersonKinds } from './non-persons.js';
